"""The parts of the campaign against faults; `tests/campaign.py` runs them (docs/reliability.md)."""
