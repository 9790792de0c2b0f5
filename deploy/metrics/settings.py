"""The section `[metrics]`: who may read the figures of this server."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from pydantic import BaseModel, ConfigDict, Field

Network = IPv4Network | IPv6Network
HERE: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


class MetricsSettings(BaseModel):
    """Figures for Prometheus at /metrics, on the web server's address and port."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(True, description="false: /metrics does not exist.")
    allowed: tuple[Network, ...] = Field(
        HERE,
        min_length=1,
        max_length=50,
        description="Networks that may read /metrics; default: this machine only. A collector on "
        "another machine needs http.host to be reached, too.",
    )

    def may_read(self, address: str) -> bool:
        """Whether this address may; what is no address may not."""
        try:
            asking = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = getattr(asking, "ipv4_mapped", None) or asking  # a dual-stack socket's clients
        return any(mapped in network for network in self.allowed)
