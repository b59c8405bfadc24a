"""Free text without what says whose it is, and with what the matter is still all there."""

from __future__ import annotations

import pytest

from jieban.intake.masking import plain


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("电话 138 0000 1234，请回电", "电话 〇，请回电"),
        ("座机 010-8888-1234", "座机 〇"),
        ("身份证 11010119900307123X。", "身份证 〇。"),
        ("邮箱 lin@example.com", "邮箱 〇"),
        ("车牌京A·12345 一直占道", "车牌〇 一直占道"),
        ("绿牌京AD12345，占道", "绿牌〇，占道"),
        ("微信号：lin_xiao88，加我", "微信号：〇，加我"),
        ("我叫林晓，住这里", "我叫某某，住这里"),
        ("联系人：欧阳明月，电话打不通", "联系人：某某，电话打不通"),
        ("8号楼3单元501室漏水", "8号楼3单元〇室漏水"),
        ("5号楼1203，暖气不热", "5号楼〇，暖气不热"),
    ],
)
def test_what_has_the_form_of_personal_data_goes(said, kept):
    assert plain(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "8 号楼前井盖松了。",
        "楼道灯坏了三天，晚上看不见路。",
        "2021年11月28日停水 36 小时，涉及 360 户",
        "3号楼2单元的电梯",
        "京藏高速出口堵车",
        "要求退款 12800 元",
    ],
)
def test_what_the_matter_is_stays(said):
    assert plain(said) == said


def test_the_callers_own_name_goes_wherever_it_stands():
    assert plain("林晓的车位被占，林晓要求处理", name="林晓") == "某某的车位被占，某某要求处理"
    assert plain("王某反映", name="王") == "王某反映"
