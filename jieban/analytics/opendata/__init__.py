"""Open data: what of the lake anybody may have, by rules that docs/open-data.md states. docs/adr/0070."""
