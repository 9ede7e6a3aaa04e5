"""Where the services beside v2 are, as the reference prints it or as a client is told."""

from __future__ import annotations

import os

import pytest

from sitoo_async import SitooClient, errors
from sitoo_async._http.address import Place
from sitoo_async._http.services import SERVICES

KEY = {"api_id": "90316-125", "password": "sesame"}
GOOD = {**KEY, "base_url": "https://api.mysitoo.com"}
PRINTED = {service.option: service.url for service in SERVICES.values()}


def roots(client):
    return {name: client._session.place(name).root for name in SERVICES}


def test_left_out_they_are_where_the_reference_prints_them():
    assert roots(SitooClient(**GOOD)) == {
        "journals-v3": "https://journals.sitooapis.com/v3",
        "purchase-prices-v3": "https://purchaseprices.sitooapis.com/v3",
        "shipments-v3": "https://shipments.sitooapis.com/v3",
    }
    for service in SERVICES.values():
        assert service.place == Place.parse(service.url, service.option, service.url)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://journals.example/v3", "https://journals.example/v3"),
        ("journals.example", "https://journals.example/v3"),
        (" https://journals.example/v3/\n", "https://journals.example/v3"),
        ("https://gate.example/sitoo/journals/v3", "https://gate.example/sitoo/journals/v3"),
        ("https://journals.example:443", "https://journals.example/v3"),
        ("http://127.0.0.1:8080/journals", "http://127.0.0.1:8080/journals"),
        ("http://[::1]:8080", "http://[::1]:8080/v3"),
    ],
)
def test_another_place_is_a_host_alone_or_with_what_stands_before_the_paths(url, root):
    assert roots(SitooClient(**GOOD, journals_url=url))["journals-v3"] == root


@pytest.mark.parametrize("option", PRINTED)
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "is missing: give a URL such as"),
        (5, "is missing: give a URL such as"),
        ("http://journals.example/v3", "must be https, not http"),
        ("https://90316-125:hunter2@journals.example", "must not carry credentials"),
        ("https://journals.example/v3?token=hunter2", "must be a host and a path"),
        ("https://journals.example/v3#hunter2", "must be a host and a path"),
        ("https://journals.exa\nmple/v3", "holds what can't be seen"),
        ("https://journals.example:0", "is not a URL such as"),
        ("https://journals..example", "names no valid host"),
        ("https://journals.example/v3/../v2", "has the path '/v3/../v2'"),
        ("https://journals.example//v3", "has the path '//v3'"),
        ("https://journals.example/v%33", "has the path '/v%33'"),
    ],
)
def test_a_place_that_can_not_be_meant_is_refused_by_its_option(option, url, says, monkeypatch):
    with pytest.raises(errors.InvalidOptionError, match=f"^{option} {says}") as caught:
        SitooClient(**GOOD, **{option: url})
    assert caught.value.field == option
    assert "hunter2" not in str(caught.value)
    if not url or not isinstance(url, str):
        return
    for name in [name for name in os.environ if name.startswith("SITOO_")]:
        monkeypatch.delenv(name)
    for name, value in {**GOOD, option: url}.items():
        monkeypatch.setenv(f"SITOO_{name}".upper(), value)
    with pytest.raises(
        errors.InvalidOptionError, match=f"^SITOO_{option.upper()}: {option} {says}"
    ):
        SitooClient.from_env()


def test_the_environment_may_tell_other_places(monkeypatch):
    for name in [name for name in os.environ if name.startswith("SITOO_")]:
        monkeypatch.delenv(name)
    told = {option: f"https://{option}.example".replace("_", "-") for option in PRINTED}
    for name, value in {**GOOD, **told}.items():
        monkeypatch.setenv(f"SITOO_{name}".upper(), f"{value}\n")
    assert [*roots(SitooClient.from_env()).values()] == [f"{url}/v3" for url in told.values()]
    monkeypatch.setenv("SITOO_JOURNALS_URL", " ")
    assert roots(SitooClient.from_env())["journals-v3"] == PRINTED["journals_url"]
