"""The numbers a city sets in `pack.toml`, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers a city sets. Limits are limit strings, windows are (from, to) as HH:MM, confidences 0 to 1."""

    order_prefix: str
    confidence_kind: float
    confidence_category: float
    confidence_place: float
    confidence_unit: float
    callback_starts: str
    callback_attempts: int
    callback_gap: str
    callback_windows: tuple[tuple[str, str], ...]
    callback_link_days: int
    rework_limit: str
    objections_per_unit: int
    objection_urgent: str
    objection_general: str
    review_urgent: str
    review_general: str
    refusals_to_consult: int
    refusals_to_fallback: int
    fallback: str
    cycle_start_day: int
    enough_answers: int
    archive_after: str
    files_per_order: int
    file_megabytes: int
    ordinary_words: tuple[str, ...]
    inner_share: float = 0.8
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    extensions: int = 1
    extension_longest: str = "15d"
    suspension_longest: str = "90d"
