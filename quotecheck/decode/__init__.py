"""From the encoder's probabilities to attributions: one a cue, by the annotation guidelines."""

from __future__ import annotations

from quotecheck.decode.acts import CueReading, read_cue
from quotecheck.decode.assemble import Decoded, decode, decode_names
from quotecheck.decode.confidence import Calibration

__all__ = ["Calibration", "CueReading", "Decoded", "decode", "decode_names", "read_cue"]
