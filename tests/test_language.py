"""English is told from other languages."""

from __future__ import annotations

import pytest
from hypothesis import given

from quotecheck.language import guess_language
from tests.strategies import any_texts

ENGLISH = [
    "The council said that it would not close the harbour before the end of the year.",
    "Q: Were you on the quay? A: I was. Q: And who was with you on that night?",
    "Police arrested two men after a chase through the old town, a spokesman said on Friday.",
    "HARBOUR TO STAY OPEN, SAYS THE MAYOR AFTER A VOTE BY THE COUNCIL ON MONDAY NIGHT IN TOWN",
]
OTHERS = {
    "es": "El alcalde dijo que no cerrará el puerto mientras los barcos sigan en la ciudad.",
    "de": "Der Bürgermeister sagte, dass er den Hafen nicht schließen werde, und er blieb dabei.",
    "fr": "Le maire a dit que le port ne sera pas fermé et que les bateaux sont dans la ville.",
    "it": "Il sindaco ha detto che il porto non sarà chiuso e che le barche sono nella città.",
    "nl": "De burgemeester zei dat hij de haven niet zal sluiten en dat het zo met de boten is.",
    "ru": "Мэр сказал, что порт не будет закрыт, пока в городе есть лодки.",
    "zh": "市长说，只要城里还有船，港口就不会关闭。",
    "ja": "市長は、町に船がある限り港は閉鎖しないと述べた。",
    "ar": "قال رئيس البلدية إن الميناء لن يغلق ما دامت هناك قوارب.",
    "el": "Ο δήμαρχος είπε ότι το λιμάνι δεν θα κλείσει.",
}


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_read(text: str) -> None:
    """English, in sentences, in turns and in capitals, may be read by the English model."""
    guess = guess_language(text)
    assert guess.english
    assert guess.code == "en"


@pytest.mark.parametrize(("code", "text"), OTHERS.items())
def test_other_languages_are_named(code: str, text: str) -> None:
    """A sentence of another language is not taken for English."""
    guess = guess_language(text)
    assert not guess.english
    assert guess.code == code


def test_a_few_words_are_given_the_benefit_of_the_doubt() -> None:
    """Too few words to tell: English is assumed."""
    assert guess_language("Hafen bleibt").english


@given(any_texts())
def test_any_text_has_an_answer(text: str) -> None:
    """Whatever the text, there is a code and a share between 0 and 1."""
    guess = guess_language(text)
    assert guess.code
    assert 0 <= guess.share <= 1
