"""An HTML report for a person to review, and the person's decision put into the records.

python examples/report_for_review.py [FOLDER]
"""

import sys
from pathlib import Path

import quotecheck

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "report")
folder.mkdir(exist_ok=True)

text = "Mara Quist met Ana Holm on Monday. “It is over,” she said."
analysis = quotecheck.analyze(text, title="A short meeting")
page = folder / "meeting.html"
page.write_text(analysis.to_html(), encoding="utf-8")
print(f"open {page} in a browser")

# Two women, one "she": the program does not have to know. A person who was there does.
for a in analysis.attributions:
    names = [e.name for e in a.candidates] or [a.speaker.name if a.speaker else "unknown"]
    print(f"before: {a.text} {' or '.join(names)} ({a.speaker_confidence:.2f})")
holm = next(entity for entity in analysis.entities if entity.name == "Ana Holm")
reviewed = analysis.with_speaker(analysis.attributions[0].id, holm.id)
for a in reviewed.attributions:
    print(f"after:  {a.text} {a.speaker.name if a.speaker else 'unknown'}")
(folder / "meeting.json").write_text(reviewed.to_json(indent=2), encoding="utf-8")
