"""Special routing: what is guided, transferred or held, and above all what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from jieban.city import actions, reading
from jieban.intake import routing

HERE = Path(__file__).parent.parent
TOY = reading.read(actions.gather(HERE / "packs" / "toy"))
BEIJING = reading.read(actions.gather(HERE.parent / "cities" / "beijing"))


def way(text: str) -> tuple[str, bool]:
    found = routing.route(text, pack=BEIJING)
    return found.kind, found.certain


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("六号楼三层的电动车着火了，烟往楼道里冒！", "119"),
        ("我和孩子被困电梯，已经二十分钟了。", "119"),
        ("一楼燃气管道正在泄漏，味道特别大。", "119"),
        ("菜市场门口有个老人突然晕倒，叫不醒。", "120"),
        ("楼下有人持刀在追另一个人。", "110"),
        ("路口刚刚发生车祸，两辆车堵在路中间。", "122"),
    ],
)
def test_emergency_happening_now_is_certain_and_names_its_line(text: str, line: str) -> None:
    found = routing.route(text, pack=BEIJING)
    assert (found.kind, found.certain, found.line) == ("emergency", True, line)
    assert line in found.told
    assert not found.held


@pytest.mark.parametrize(
    "text",
    [
        "楼道里堆满纸箱，万一着火了谁都跑不出来。",
        "去年三号楼着火了以后一直没人来修电线。",
        "这个路口容易出车祸，建议加装信号灯。",
        "电梯老是出故障，担心有人被困。",
        "建议物业组织一次着火了怎么跑的演练。",
    ],
)
def test_danger_that_is_past_or_feared_is_handled_as_an_order(text: str) -> None:
    found = routing.route(text, pack=BEIJING)
    assert not found.certain
    assert not found.held


@pytest.mark.parametrize(
    "text",
    [
        "我和开发商的房屋纠纷，法院已经立案，下个月开庭。",
        "工资的事已经申请劳动仲裁了，想问你们能不能催一催。",
        "这个案件正在审理，我想让你们判他赔钱。",
    ],
)
def test_matter_before_a_court_is_guided_with_the_words_of_the_pack(text: str) -> None:
    found = routing.route(text, pack=BEIJING)
    assert (found.kind, found.ground, found.certain) == ("legal", "litigation", True)
    assert found.told == BEIJING.grounds["litigation"].tell
    assert found.words[0] in text


@pytest.mark.parametrize(
    "text",
    [
        "物业再不修屋顶，我要起诉他们。",
        "法院没有受理，让我来找街道解决。",
        "请问欠薪能不能向法院起诉，应该怎么办？",
        "门口的路坏了，准备打算去法院门口那条路绕行，能不能修一下。",
        "法院旁边的公交站没有雨棚。",
        "建议开通到区法院的公交线路。",
    ],
)
def test_real_appeal_is_not_guided_away_by_a_stray_word(text: str) -> None:
    found = routing.route(text, pack=BEIJING)
    assert not found.certain
    assert not found.held


def test_second_matter_beside_the_court_case_waits_for_a_person() -> None:
    found = routing.route("买房的事法院已经立案。另外，我们楼的暖气一直不热。", pack=BEIJING)
    assert (found.kind, found.certain, found.held) == ("legal", False, True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("举报某科长收受贿赂，有转账记录，他受贿三万元。", "petition"),
        ("我捡到一份机密级文件，上面写着编号。", "secret"),
        ("能不能查一下我前妻现在的住址？", "secret"),
    ],
)
def test_grave_matter_is_never_decided_by_a_rule_alone(text: str, kind: str) -> None:
    found = routing.route(text, pack=BEIJING)
    assert (found.kind, found.certain) == (kind, False)


def test_petition_under_way_is_guided() -> None:
    assert way("这件事信访局已经受理，还没有给我答复。") == ("petition", True)


def test_private_debt_is_only_a_hint_for_the_seat() -> None:
    found = routing.route("朋友借了我五万块钱不还，电话也不接。", pack=BEIJING)
    assert (found.kind, found.certain, found.held) == ("market", False, False)


def test_pack_without_the_ground_falls_back_to_the_words_of_the_rule() -> None:
    found = routing.route("这件事信访局已经受理，还没有给我答复。", pack=TOY)
    assert found.ground == "petition"
    assert found.told.startswith("这件事已经在信访程序里")


def test_every_ground_of_the_rules_stands_in_the_beijing_pack() -> None:
    grounds = {rule.ground for rule in routing._table().rules}
    assert grounds <= {g.code for g in BEIJING.grounds.values() if g.group == "guiding"}


def test_choice_by_hand_tells_what_the_agent_said_or_the_pack_says() -> None:
    assert routing.by_hand("litigation", pack=BEIJING).told == BEIJING.grounds["litigation"].tell
    assert routing.by_hand("litigation", pack=BEIJING, told="请找承办法官。").told == "请找承办法官。"
