"""Each mistake in a pack is refused with its file, its line and what to do. One row a mistake."""

from __future__ import annotations

import pytest

from jieban.city.settings import Settings
from tests.city import toy

MISTAKES = {
    "unknown parent": (
        "units.csv", "Parish,north,,,Old Mill", "Parish,nowhere,north,,Old Mill",
        "units.csv, line 4: The parent “nowhere” of mill is unknown. Add it or correct it.",
    ),
    "a unit above itself": (
        "units.csv", "north,North Ward,North,district,,,", "north,North Ward,North,district,,mill,",
        "units.csv, line 3: north is its own ancestor. Give one of them another parent.",
    ),
    "district that is none": (
        "units.csv", "hill,Hill Parish,,street,Parish,north,,", "hill,Hill Parish,,street,Parish,north,water,",
        "units.csv, line 5: “water” is no district. Use the code of a district.",
    ),
    "street outside all districts": (
        "units.csv", "hill,Hill Parish,,street,Parish,north,", "hill,Hill Parish,,street,Parish,,",
        "units.csv, line 5: The street hill lies in no district. Name its district.",
    ),
    "code used twice": (
        "units.csv", "hill,Hill Parish", "mill,Hill Parish",
        "units.csv, line 5: The code mill already stands in line 4. Give one of them another code.",
    ),
    "code with a blank": (
        "units.csv", "water,Littleton", "wa ter,Littleton",
        "units.csv, line 6: “wa ter” is not a code. Use up to 40 letters a-z, figures, - and _.",
    ),
    "unknown kind of unit": (
        "units.csv", ",state_enterprise,", ",enterprise,",
        "units.csv, line 6: kind “enterprise” is unknown. Use one of: city_centre, city_bureau, district, street, "
        "city_department, district_department, state_enterprise, platform_firm, development_zone, community, grid, "
        "property_firm, office, party_discipline, sub_centre.",
    ),
    "unit that ends before it begins": (
        "units.csv", "Waterworks,,,,true", "Waterworks,,2020-01-01,2019-01-01,true",
        "units.csv, line 6: water ends on 2019-01-01, not after its begin 2020-01-01. Correct one of the dates.",
    ),
    "date that is none": (
        "units.csv", "Waterworks,,,,true", "Waterworks,,2020-13-01,,true",
        "units.csv, line 6: valid_from “2020-13-01” is not a date. Write it as 2021-09-24.",
    ),
    "name left empty": (
        "units.csv", "water,Littleton Water", "water,", "units.csv, line 6: name is empty. Fill it in.",
    ),
    "more cells than columns": (
        "units.csv", "water,Littleton Water", "water,Little,ton,Water",
        "units.csv, line 6: 16 cells stand under 14 columns. Check the commas of this line.",
    ),
    "no centre": (
        "units.csv", "Call Centre,,city_centre", "Call Centre,,city_department",
        "units.csv: There is no city centre. Add one unit of kind city_centre.",
    ),
    "sample that is neither true nor false": (
        "units.csv", "Waterworks,,,,true", "Waterworks,,,,perhaps",
        "units.csv, line 6: sample “perhaps” is neither true nor false. Write true or false.",
    ),
    "unknown column": (
        "owners.csv", "name_en,note", "name_en,remark",
        "owners.csv, line 1: The columns are not right: missing note; unknown remark. "
        "Make the first line code,name,name_en,note.",
    ),
    "column twice": (
        "owners.csv", "code,name,name_en,note", "code,name,name_en,note,note",
        "owners.csv, line 1: The columns are not right: one stands twice. "
        "Make the first line code,name,name_en,note.",
    ),
    "quote that never ends": (
        "owners.csv", "private,Private", 'private,"Private',
        "owners.csv, line 2: The CSV cannot be read (unexpected end of data). Check the quotes of this line.",
    ),
    "place in an unknown street": (
        "places.csv", "e1,Weaver Court,estate,mill", "e1,Weaver Court,estate,mull",
        "places.csv, line 3: “mull” is no street or district. Use a code of units.csv.",
    ),
    "place of an unknown owner": (
        "places.csv", ",private,-2.5", ",nobody,-2.5",
        "places.csv, line 3: The owner “nobody” is unknown. Use a code of owners.csv.",
    ),
    "longitude off the globe": (
        "places.csv", ",-2.5,", ",-250,",
        "places.csv, line 3: lon “-250” is not a number from -180 to 180. Correct it.",
    ),
    "community without a street": (
        "places.csv", "community,mill", "community,north",
        "places.csv, line 2: A community needs a street. Put the code of a street in within.",
    ),
    "category of the wrong parent": (
        "categories.csv", "010101,Pothole on a school way,3,0101", "010101,Pothole on a school way,3,01",
        "categories.csv, line 4: The parent “01” of 010101 is no category of level 2. "
        "Name the category right above it.",
    ),
    "first level with a parent": (
        "categories.csv", "01,Streets,1,,", "01,Streets,1,01,",
        "categories.csv, line 2: 01 is of level 1 but has a parent. Empty the cell.",
    ),
    "second level without a duty": (
        "duties.csv", "D1,0101,*,*", "D1,0101,private,*",
        "categories.csv, line 3: Nobody has the duty for 0101 Potholes on 2000-01-01. "
        "Add a line to duties.csv with owner * and territory *.",
    ),
    "duty for an unknown category": (
        "duties.csv", "D3,0102", "D3,0199",
        "duties.csv, line 4: “0199” is no category of level 2 or 3. Use a code of categories.csv.",
    ),
    "duty of an unknown unit": (
        "duties.csv", "*,*,direct,water,,,24h", "*,*,direct,fire,,,24h",
        "duties.csv, line 3: There is no unit “fire”. "
        "Use a unit code, street, district, community, firm or district:<function>.",
    ),
    "duty of a function no department has": (
        "duties.csv", "district:roads", "district:bridges",
        "duties.csv, line 2: There is no unit “district:bridges”. "
        "Use a unit code, street, district, community, firm or district:<function>.",
    ),
    "duty of an unknown territory": (
        "duties.csv", "D1,0101,*,*", "D1,0101,*,south",
        "duties.csv, line 2: The territory “south” is unknown. Use * or the code of a district or street.",
    ),
    "urgency without a clock": (
        "duties.csv", ",2h,Ward rules 3", ",3h,Ward rules 3",
        "duties.csv, line 4: The urgency “3h” has no clock. Use one of: 2h, 24h, 7d.",
    ),
    "unknown way": (
        "duties.csv", "*,*,dual", "*,*,double",
        "duties.csv, line 2: way “double” is unknown. Use one of: direct, dual, multi, notice, firm_first, subcentre.",
    ),
    "dual dispatch to one": (
        "duties.csv", "dual,street,district:roads", "dual,street,",
        "duties.csv, line 2: The way dual needs a second unit. Name it under assistants or make the way direct.",
    ),
    "notice to nobody": (
        "duties.csv", "*,*,direct,water,,,2h", "*,*,notice,water,,,2h",
        "duties.csv, line 4: The way notice tells nobody. Name a unit under notice or make the way direct.",
    ),
    "lead that assists itself": (
        "duties.csv", "dual,street,district:roads", "dual,street,street",
        "duties.csv, line 2: street leads and assists. Take it out of assistants.",
    ),
    "two duties on the same day": (
        "duties.csv", "Ward rules 2,2000-01-01,2020-01-01", "Ward rules 2,2000-01-01,2020-01-02",
        "duties.csv, line 4: D3 and D2 are both valid on 2020-01-01 for the same matter. "
        "Let the earlier one end on that day (valid_to) or make them differ.",
    ),
    "duty that ends before it begins": (
        "duties.csv", "Ward rules 3,2020-01-01,", "Ward rules 3,2020-01-01,2020-01-01",
        "duties.csv, line 4: It ends on 2020-01-01, not after its begin 2020-01-01. Correct one of the dates.",
    ),
    "limit that is none": (
        "clocks.toml", 'limit = "30min"', 'limit = "30m"',
        "clocks.toml, line 5: limit “30m” is not a limit. Write 30min, 2h, 7d, 5wd or 4wh.",
    ),
    "clock without a limit for signing": (
        "clocks.toml", "sign = ", "signing = ",
        "clocks.toml: The table [2h.sign] is missing. Add it; the README lists its keys.",
    ),
    "TOML that cannot be read": (
        "clocks.toml", 'name = "Urgent"', 'name = Urgent"',
        "clocks.toml, line 2: The TOML cannot be read (Invalid value (at line 2, column 8)). Correct this line.",
    ),
    "make-up workday on a weekday": (
        "calendar.csv", "2026-12-19", "2026-12-18",
        "calendar.csv, line 3: 2026-12-18 is no Saturday or Sunday. Only make-up workdays belong here.",
    ),
    "day that is both": (
        "calendar.csv", "2026-12-25", "2026-12-19",
        "calendar.csv, line 3: 2026-12-19 stands twice. Keep one line a day.",
    ),
    "unknown merge mode": (
        "channels.csv", "phone,own", "phone,borrowed",
        "channels.csv, line 2: mode “borrowed” is unknown. Use one of: own, merged, double, subcentre.",
    ),
    "unknown group of grounds": (
        "grounds.csv", "storm,exclusion", "storm,excuse",
        "grounds.csv, line 4: group “excuse” is unknown. Use one of: guiding, objection, exclusion, hanging, abuse.",
    ),
    "role that is missing": (
        "roles.toml", "[auditor]", "[inspector]",
        "roles.toml: The role auditor is missing. Add a table [auditor].",
    ),
    "role that decides what is not its own": (
        "roles.toml", 'name = "Chief"\n', 'name = "Chief"\ndecides = ["exclusion"]\n',
        "roles.toml, line 18: The role chief cannot decide exclusion. Only supervisor: exclusion.",
    ),
    "role at an unknown kind of unit": (
        "roles.toml", '"party_discipline"', '"party"',
        "roles.toml, line 44: There is no kind of unit “party”. Use some of: city_centre, city_bureau, district, "
        "street, city_department, district_department, state_enterprise, platform_firm, development_zone, community, "
        "grid, property_firm, office, party_discipline, sub_centre.",
    ),
    "unknown setting": (
        "pack.toml", "file_megabytes = 5", "file_megabytes = 5\nfile_colour = 5",
        "pack.toml, line 36: There is no setting “file_colour”. "
        f"Settings are: {', '.join(sorted(Settings.__dataclass_fields__))}.",
    ),
    "setting out of its range": (
        "pack.toml", "confidence_place = 0.5", "confidence_place = 5",
        "pack.toml, line 15: confidence_place “5” is not a number from 0 to 1. Correct it.",
    ),
    "setting that is no whole number": (
        "pack.toml", "callback_attempts = 2", "callback_attempts = 2.5",
        "pack.toml, line 18: callback_attempts “2.5” is not a whole number. Write a whole number.",
    ),
    "window that ends before it begins": (
        "pack.toml", '["09:00", "17:00"]', '["17:00", "09:00"]',
        "pack.toml, line 20: “17:00-09:00” is no time window. Write [\"09:00\", \"12:00\"].",
    ),
    "fallback that is no unit": (
        "pack.toml", 'fallback = "district"', 'fallback = "mayor"',
        "pack.toml: The fallback “mayor” is no unit. Use a code or “district”.",
    ),
    "order prefix in small letters": (
        "pack.toml", 'order_prefix = "L"', 'order_prefix = "l"',
        "pack.toml, line 12: “l” is no prefix of an order number. Use one to four letters A-Z.",
    ),
    "unknown time zone": (
        "pack.toml", "Europe/London", "Europe/Littleton",
        "pack.toml, line 9: There is no time zone “Europe/Littleton”. Use an IANA name such as Asia/Shanghai.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_is_refused_with_file_line_and_remedy(file: str, old: str, new: str, told: str) -> None:
    assert told in toy.mistakes(toy.changed(file, old, new))


@pytest.mark.parametrize("name", ["toy", "fuzhou"])
def test_pack_without_mistakes_is_taken(name: str) -> None:
    assert toy.mistakes(toy.files(name)) == []


def test_name_longer_than_its_column_is_refused() -> None:
    told = toy.mistakes(toy.changed("units.csv", "water,Littleton Water,", f"water,{'W' * 65},W"))
    assert told == [f"units.csv, line 6: “{'W' * 65}” is longer than 64 characters. Shorten it."]


def test_cycle_over_three_units_is_told_once() -> None:
    texts = toy.changed(
        "units.csv", "north,North Ward,North,district,,,", "north,North Ward,North,district,,hill,north"
    )
    texts["units.csv"] = texts["units.csv"].replace(
        "hill,Hill Parish,,street,Parish,north", "hill,Hill Parish,,street,Parish,mill"
    )
    told = [line for line in toy.mistakes(texts) if "ancestor" in line]
    assert len(told) == 1


def test_adjoining_duties_do_not_overlap() -> None:
    assert not [line for line in toy.mistakes(toy.files()) if "both valid" in line]
