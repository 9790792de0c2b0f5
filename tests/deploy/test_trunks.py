"""What `trunk check` calls, from a town's configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deploy.config import Settings
from deploy.errors import ConfigError
from deploy.folder import TownFolder
from deploy.trunks import trunks_of
from tests.conftest import TOWN
from tests.test_recipes import REPLACED


def load(folder: Path, block: str) -> Settings:
    text = re.sub(REPLACED, "", (TOWN / "allomairie.toml").read_text(encoding="utf-8"))
    (folder / "allomairie.toml").write_text(f"{text}\n{block}", encoding="utf-8")
    return TownFolder(folder).load()


PEER = '[[sip.peers]]\nname = "ipbx"\naddresses = ["192.0.2.1"]\n'


def test_a_peer_and_what_the_town_needs_of_it(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        f'{PEER}codecs = ["opus", "pcmu"]\noptions_every_s = 30\n'
        '[transfer]\nmode = "attended"\nbridge_when_refused = false\nring_s = 12\n'
        '[sip]\nextensions_at = "192.0.2.1"\n',
    )
    (trunk,) = trunks_of(settings)
    assert (trunk.host, trunk.port, trunk.transport) == ("192.0.2.1", 5060, "udp")
    assert trunk.codecs == ("pcmu",)  # the check does not speak Opus
    assert trunk.needs == {"hold", "refer", "options"}
    assert {"hold", "refer", "options", "dtmf_event"} <= trunk.mandatory
    assert "register" not in trunk.mandatory
    assert trunk.ring_s == 12
    assert trunk.number == settings.town.lines[0].number
    (other,) = trunks_of(settings, number="600", transfer_to="100")
    assert (other.number, other.transfer_to) == ("600", "100")
    assert other.uri("600") == "sip:600@192.0.2.1:5060"


def test_a_network_has_no_address_to_call(tmp_path: Path) -> None:
    (trunk,) = trunks_of(load(tmp_path, PEER.replace("192.0.2.1", "192.0.2.0/24")))
    assert trunk.host == ""


def test_an_account_calls_itself_and_hides_its_password(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mot de passe\n")
    block = (
        '[[sip.accounts]]\nname = "poste"\nuser = "500"\nregistrar = "ims.test"\n'
        f'proxy = "sbc.test:5070"\npassword_file = "{secret}"\nsrtp = "required"\n'
        'transport = "tls"\n'
    )
    (trunk,) = trunks_of(load(tmp_path, block), only="poste")
    assert (trunk.host, trunk.port, trunk.number) == ("sbc.test", 5070, "500")
    assert trunk.uri("500") == "sip:500@ims.test"
    assert {"register", "srtp"} <= trunk.mandatory
    assert trunk.identity.password == "mot de passe"  # noqa: S105
    assert "mot de passe" not in repr(trunk)
    assert trunk.tls is not None


def test_what_is_not_declared_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no connection is declared"):
        trunks_of(load(tmp_path, ""))
    with pytest.raises(ConfigError, match="there are ipbx"):
        trunks_of(load(tmp_path, PEER), only="autre")
