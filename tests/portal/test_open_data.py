"""Open data on the public page: the list, a dataset, its file; by the worker each month; from the command line."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from frictionless import Package
from typer.testing import CliRunner

from jieban.analytics import lake as lakes
from jieban.core import clock
from jieban.portal import releasing, worker
from jieban.portal.cli import main
from tests.analytics import chance
from tests.portal.pages import text

CONTACTS, SEED = 1_500, 3


@pytest.fixture(scope="module")
def some(tmp_path_factory) -> Path:
    """A lake of chance."""
    return chance.lay(tmp_path_factory.mktemp("lake"), SEED, CONTACTS).folder


@pytest.fixture
def published(toy, some) -> Path:
    """Its release, where the public page looks."""
    releasing.build(lakes.Lake(some), releasing.home(), at=clock.now())
    return releasing.home()


def test_without_a_release_the_page_says_when_there_will_be_one(web):
    page = web.get("/open")
    assert page.status_code == 200
    assert "还没有发布数据" in text(page)
    assert "30 天以后发布" in text(page)
    for path in ("/open/accepted_by_month", "/open/files/accepted_by_month.csv", "/open/files/datapackage.json"):
        assert web.get(path).status_code == 404


def test_the_list_tells_datasets_rules_and_licence(web, published):
    page = text(web.get("/open"))
    said = json.loads((published / "datapackage.json").read_text("utf-8"))
    assert len(said["resources"]) == 10
    assert [one["title"] for one in said["resources"] if one["title"] not in page] == []
    for words in ("2019-01 到 2021-12", "不到 10 件的数空着不写", "不足 30 个结果的不算率", "CC-BY-4.0"):
        assert words in page


def test_a_dataset_shows_its_fields_and_rows(web, published):
    page = text(web.get("/open/rates_by_district"))
    for words in ("每月各区三率", "按时联系过市民的", "satisfaction", "朝阳", "/open/files/rates_by_district.csv"):
        assert words in page
    assert web.get("/open/secrets").status_code == 404


def test_a_file_is_kept_by_readers_and_asked_for_by_its_tag(web, published):
    answer = web.get("/open/files/accepted_by_month.csv")
    data = b"".join(answer.streaming_content)
    assert data == (published / "accepted_by_month.csv").read_bytes()
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "public, max-age=3600")
    again = web.get("/open/files/accepted_by_month.csv", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert web.get("/open/files/datapackage.json")["Content-Type"] == "application/json"


@pytest.mark.parametrize("name", ["..%2Fdata.key", "lake.json", "accepted_by_month", ".."])
def test_only_files_of_the_release_are_handed_out(web, published, name):
    (published / "lake.json").write_text("{}")
    assert web.get(f"/open/files/{name}").status_code == 404


def test_a_minute_has_its_limit(web, published, settings):
    settings.JIEBAN_OPEN_RATE = 2
    codes = [web.get("/open/files/accepted_by_month.csv").status_code for _n in range(3)]
    assert codes == [200, 200, 429]


def test_the_page_is_all_there_in_english(web, published):
    web.post("/language", {"language": "en"})
    for path in ("/open", "/open/accepted_by_kind"):
        page = re.sub(r"<tbody>.*?</tbody>", "", text(web.get(path)), flags=re.S)  # names in the data are as they are
        assert set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r'<[^>]*>|"[^"]*"', " ", page))) <= {"中文"}


def test_every_page_of_the_public_leads_there(web):
    assert 'href="/open"' in text(web.get("/"))


def test_the_worker_releases_each_month_once_and_only_where_it_is_switched_on(toy, some, settings):
    lakes.home().folder.symlink_to(some)
    at = clock.now()
    assert worker.once(at=at)["released"] == 0
    assert not releasing.home().exists()
    settings.JIEBAN_OPEN_DATA = True
    assert worker.once(at=at)["released"] == 36
    assert worker.once(at=at + timedelta(minutes=1))["released"] == 0
    assert Package(str(releasing.home() / "datapackage.json")).validate().valid


def test_without_a_lake_the_worker_has_nothing_to_release(toy, settings):
    settings.JIEBAN_OPEN_DATA = True
    assert worker.once(at=clock.now())["released"] == 0


def test_the_command_builds_from_any_lake_into_any_folder(db, some, tmp_path):
    asked = ["opendata", "build", "--lake", str(some), "--out", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(main.build(), asked, catch_exceptions=False)
    said = json.loads(result.stdout)
    assert (result.exit_code, said["datasets"], len(said["months"])) == (0, 10, 36)
    package = json.loads((tmp_path / "out" / "datapackage.json").read_text("utf-8"))
    assert (package["contributors"], sum(one["rows"] for one in package["resources"])) == ([], said["rows"])
