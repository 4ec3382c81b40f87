"""Invented news sentences in other languages: quotations by their marks, no attributions."""

from __future__ import annotations

from random import Random

__all__ = ["LANGUAGES", "foreign_article"]

#: code: (opening mark, closing mark, sentences with ``{}`` for a quotation, what is quoted).
LANGUAGES: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "de": (
        "„",
        "“",
        (
            "{}, sagte die Bürgermeisterin am Montag, und sie blieb auch nach der Sitzung dabei.",
            "Der Rat hat die Abstimmung über die Fähre auf den nächsten Monat verschoben.",
            "Nach Angaben der Behörde wird die Reparatur der Brücke noch zwei Sommer dauern.",
        ),
        ("Der Hafen bleibt offen", "Wir warten nicht auf den Frühling", "Nein"),
    ),
    "fr": (
        "« ",
        " »",
        (
            "{}, a déclaré la maire lundi devant le conseil, et elle n’a pas changé d’avis.",
            "Le conseil a reporté le vote sur le bac de nuit jusqu’au mois de mars.",
            "Selon le rapport de la capitainerie, les travaux vont durer deux étés de plus.",
        ),
        ("Le port reste ouvert", "Nous n’attendrons pas le printemps", "Non"),
    ),
    "es": (
        "«",
        "»",
        (
            "{}, dijo la alcaldesa el lunes ante el pleno, y no cambió de opinión por la tarde.",
            "El pleno aplazó la votación sobre el transbordador de noche hasta el mes de marzo.",
            "Según el informe de la autoridad del puerto, las obras van a durar dos veranos.",
        ),
        ("El puerto sigue abierto", "No vamos a esperar a la primavera", "No"),
    ),
    "it": (
        "“",
        "”",
        (
            "{}, ha detto la sindaca lunedì davanti al consiglio, e non ha cambiato idea.",
            "Il consiglio ha rinviato il voto sul traghetto della notte fino al mese di marzo.",
            "Secondo il rapporto della capitaneria, i lavori per il molo durano due estati.",
        ),
        ("Il porto resta aperto", "Non aspettiamo la primavera", "No"),
    ),
    "pt": (
        "“",
        "”",
        (
            "{}, disse a presidente da câmara na segunda-feira, e não mudou de opinião à tarde.",
            "A assembleia adiou a votação sobre a balsa da noite para o mês de março que vem.",
            "De acordo com o relatório da capitania, as obras no cais vão durar dois verões.",
        ),
        ("O porto continua aberto", "Não vamos esperar pela primavera", "Não"),
    ),
    "nl": (
        "“",
        "”",
        (
            "{}, zei de burgemeester maandag in de raad, en zij bleef daar ook na afloop bij.",
            "De raad heeft de stemming over het veer van de nacht naar maart verschoven.",
            "Volgens het rapport van de havendienst duurt het werk aan de steiger twee zomers.",
        ),
        ("De haven blijft open", "Wij wachten niet op het voorjaar", "Nee"),
    ),
    "sv": (
        "”",
        "”",
        (
            "{}, sade borgmästaren i måndags inför rådet, och hon höll fast vid det efteråt.",
            "Rådet har skjutit upp beslutet om nattfärjan till mars, och det var inte väntat.",
            "Enligt rapporten från hamnkontoret kommer arbetet på bryggan att ta två somrar.",
        ),
        ("Hamnen är öppen", "Vi väntar inte på våren", "Nej"),
    ),
    "pl": (
        "„",
        "”",
        (
            "{}, powiedziała w poniedziałek na sesji burmistrz i nie zmieniła zdania po obradach.",
            "Rada przełożyła na marzec głosowanie w sprawie nocnego promu, co nie jest nowe.",
            "Z raportu kapitanatu wynika, że prace na nabrzeżu potrwają jeszcze dwa lata.",
        ),
        ("Port jest otwarty", "Nie czekamy na wiosnę", "Nie"),
    ),
    "ru": (
        "«",
        "»",
        (
            "{}, сказала в понедельник мэр на заседании совета и не изменила своего мнения.",
            "Совет перенёс голосование о ночном пароме на март, и это никого не удивило.",
        ),
        ("Порт остаётся открытым", "Мы не будем ждать весны", "Нет"),
    ),
    "el": (
        "«",
        "»",
        (
            "{}, είπε η δήμαρχος τη Δευτέρα στο συμβούλιο και δεν άλλαξε γνώμη το απόγευμα.",
            "Το συμβούλιο ανέβαλε την ψηφοφορία για το νυχτερινό πλοίο μέχρι τον Μάρτιο.",
        ),
        ("Το λιμάνι μένει ανοιχτό", "Δεν περιμένουμε την άνοιξη", "Όχι"),
    ),
    "ar": (
        "«",
        "»",
        (
            "وقالت رئيسة البلدية يوم الاثنين أمام المجلس {} ولم تغير رأيها بعد الجلسة.",
            "أجل المجلس التصويت على العبارة الليلية إلى شهر آذار ولم يكن ذلك متوقعا.",
        ),
        ("الميناء سيبقى مفتوحا", "لن ننتظر الربيع", "لا"),
    ),
    "he": (
        "“",
        "”",
        (
            "{}, אמרה ראשת העיר ביום שני בישיבת המועצה ולא שינתה את דעתה גם אחר כך.",
            "המועצה דחתה את ההצבעה על מעבורת הלילה לחודש מרץ, והדבר לא היה צפוי.",
        ),
        ("הנמל יישאר פתוח", "לא נחכה לאביב", "לא"),
    ),
    "zh": (
        "“",
        "”",
        (
            "市长星期一在议会上说：{}会后她也没有改变看法。",
            "议会把关于夜间渡轮的表决推迟到三月，港务局的报告说码头的工程还要两个夏天。",
        ),
        ("港口继续开放。", "我们不会等到春天。", "不。"),
    ),
    "ja": (
        "「",
        "」",
        (
            "市長は月曜日に議会で{}と述べ、会議の後も意見を変えなかった。",
            "議会は夜の渡し船についての採決を三月まで延期した。桟橋の工事は二年かかる。",
        ),
        ("港は開いたままだ", "春を待つつもりはない", "いいえ"),
    ),
    "ko": (
        "“",
        "”",
        (
            "시장은 월요일 의회에서 {}라고 말했고 회의가 끝난 뒤에도 생각을 바꾸지 않았다.",
            "의회는 야간 나룻배에 관한 표결을 삼월로 미루었고 부두 공사는 두 해가 더 걸린다.",
        ),
        ("항구는 계속 열려 있다", "우리는 봄을 기다리지 않겠다", "아니요"),
    ),
    "hi": (
        "“",
        "”",
        (
            "महापौर ने सोमवार को परिषद में कहा, {} और बैठक के बाद भी उनकी राय नहीं बदली।",
            "परिषद ने रात की नाव पर मतदान मार्च तक टाल दिया और घाट का काम दो साल चलेगा।",
        ),
        ("बंदरगाह खुला रहेगा", "हम वसंत का इंतज़ार नहीं करेंगे", "नहीं"),
    ),
    "th": (
        "“",
        "”",
        (
            "นายกเทศมนตรีกล่าวในสภาเมื่อวันจันทร์ว่า {} และไม่เปลี่ยนใจหลังการประชุม",
            "สภาเลื่อนการลงมติเรื่องเรือข้ามฟากกลางคืนไปเดือนมีนาคมและงานท่าเรือยังอีกสองปี",
        ),
        ("ท่าเรือจะเปิดต่อไป", "เราจะไม่รอฤดูใบไม้ผลิ", "ไม่"),
    ),
    "tr": (
        "“",
        "”",
        (
            "{} dedi belediye başkanı pazartesi günü mecliste ve sonra da bu görüşten dönmedi.",
            "Meclis gece vapuru için oylamayı mart ayına bıraktı ve bu hiç kimse için yeni değil.",
        ),
        ("Liman açık kalacak", "Baharı beklemeyeceğiz", "Hayır"),
    ),
}


def foreign_article(chance: Random) -> tuple[str, str, list[str]]:
    """Returns a language's code, an article in it, and the quotations in it with their marks."""
    code = chance.choice(sorted(LANGUAGES))
    opening, closing, sentences, quoted = LANGUAGES[code]
    paragraphs: list[str] = []
    quotations: list[str] = []
    for _ in range(chance.randint(1, 2)):
        parts = []
        for sentence in sentences:
            if "{}" in sentence:
                quotation = f"{opening}{chance.choice(quoted)}{closing}"
                quotations.append(quotation)
                sentence = sentence.replace("{}", quotation)
            parts.append(sentence)
        paragraphs.append(" ".join(parts))
    return code, chance.choice(("\n", "\n\n", "\r\n")).join(paragraphs), quotations
