"""The edge: what may stand in front of the callbot, Kamailio or the kernel's packet filter."""
