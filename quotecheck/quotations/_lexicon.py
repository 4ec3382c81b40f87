"""Words that tell what a quotation is. English; every list is lower case.

They are cues for `quotecheck.quotations._roles` alone and decide nothing by themselves: the rule
that reads a list says where the word has to stand.
"""

from __future__ import annotations

__all__ = [
    "DISPLAY_NOUNS",
    "FUNCTION_WORDS",
    "NICKNAME_CUE",
    "NOT_IN_NAMES",
    "REPORTING",
    "SCARE_CUE",
    "SPEAKING",
    "TERM_CUE",
    "TITLE_CUE",
    "WORK_CONTEXT",
    "WORK_NOUNS",
    "WORK_VERB",
    "is_work_noun",
    "words",
]


def words(listing: str) -> frozenset[str]:
    """Returns the words of a listing, so that long lists stay readable in the source."""
    return frozenset(listing.split())


#: Works that bear titles; right before a quotation ("the film “...”") they make it one.
WORK_NOUNS = (
    "album|anthem|anthology|article|autobiography|ballad|bestseller|biography|blog|blockbuster|book|"
    "broadcast|cartoon|chapter|classic|column|comedy|comic|composition|documentary|drama|duet|"
    "editorial|episode|essay|exhibit|exhibition|fable|film|flick|game|headline|hit|hymn|installation|"
    "lecture|magazine|manga|melodrama|memoir|miniseries|movie|musical|novel|novella|number|opera|"
    "painting|pamphlet|paper|parody|photograph|picture|portrait|piece|play|podcast|poem|program|programme|"
    "prequel|record|remake|rom-com|sculpture|segment|sequel|series|serial|show|single|sitcom|sketch|"
    "soap|song|soundtrack|special|spin-off|story|symphony|tale|telenovela|thesis|thriller|track|"
    "tragedy|treatise|trilogy|tune|video|western|workshop"
)
#: Elsewhere in the sentence these make a capitalised quotation a title.
WORK_CONTEXT = (
    "actor|actors|actress|anchor|artist|audiences?|critics|readers|reviewers|author|authored|ballet|band|bestselling|best-selling|"
    "broadcaster|cast|charts?|choir|chorus|cinema|co-host|comedian|composer|concert|copies|curator|"
    "directed|director|filmed|gallery|guitarist|host|hosted|hosts|librettist|lyrics|novelist|"
    "orchestra|performed|performing|pianist|playwright|poet|premiere|premiered|producer|publisher|"
    "published|rapper|rerun|reruns|sang|scored|screening|screens|screenwriter|sequel|sing|singer|"
    "singing|sings|soprano|star|starred|starring|stars|studio|television|tenor|theater|theatre|tv|"
    "viewers|watch|watched|watching|wrote and directed|role|roles|played|plays|portrayed|portrays"
)
#: A word right before a quotation that introduces a title whatever the case of its words.
TITLE_CUE = "titled|entitled|headlined|subtitled|retitled"

#: What one does to a work ("she sang “...”"): before a capitalised quotation it is a title.
WORK_VERB = (
    "reads?|reading|reread|watch|watches|watched|watching|sang|sings?|singing|hums?|hummed|plays?|"
    "played|playing|performs?|performed|performing|wrote|writes|directed|directs|recorded|staged|"
    "stages|saw|hears?|heard|hearing|published|publishes|produced|filmed|shot|composed|co-wrote|hosts?|hosted"
)

#: What a person is called; the quotation follows at once, or after an article.
NICKNAME_CUE = (
    r"nick-?named|nickname(?:\s+(?:is|was|of))?|dubbed(?:\s+(?:him|her|them))?|alias|aka|a\.k\.a\.|"
    r"(?:better\s+|also\s+|widely\s+|best\s+|commonly\s+|popularly\s+)?known\s+"
    r"(?:to\s+(?:[\w’']+\s+){1,4})?(?:simply\s+|only\s+)?(?:as|by)|"
    r"(?:goes|went|go|going|gone)\s+by(?:\s+the\s+(?:name|moniker|handle))?(?:\s+of)?|"
    r"by\s+the\s+(?:name|nickname|moniker|handle)(?:\s+of)?|under\s+the\s+(?:name|alias)(?:\s+of)?|"
    r"(?:call|calls|called|calling)\s+(?:him|her|them|me|himself|herself)|"
    r"(?:know|knows|knew)\s+(?:him|her|them|me|it)\s+(?:only\s+|simply\s+)?as|"
    r"refer(?:s|red|ring)?\s+to\s+(?:the\s+|him\b|her\b|it\b|them\b)?(?:[\w-]+\s+){0,3}?as|"
    r"nam(?:es|ed|ing)\s+(?:the\s+[\w-]+|it|him|her|them)"
)

#: Right before a quotation these say that its words are not meant.
SCARE_CUE = (
    r"so[- ]called|supposed|supposedly|alleged|allegedly|purported|self[- ]styled|"
    r"self[- ]proclaimed|"
    r"ostensible|ostensibly|would-be|passe[sd]\s+for(?:\s+an?)?|(?:idea|notion|version)\s+of|"
    r"pretended|putative|quote-unquote"
)

#: Right before a quotation these say that words themselves are spoken of.
TERM_CUE = (
    r"verb|noun|adjective|adverb|pronoun|abbreviation|acronym|initials|(?:file|folder)\s+(?:is|was)\s+named|"
    r"words?|terms?|phrases?|expression|spelled|spelt|letters?|prefix|suffix|hashtag|password|"
    r"type|click(?:\s+on)?|tap\s+on|press|search\s+for|tap|enter|select|means|meaning|mean|translates\s+(?:as|to)"
)

#: Things that bear an inscription: what they "say" or "read" is not speech.
DISPLAY_NOUNS = (
    r"badge|banners?|billboard|bumper\s+sticker|button|caption|cap|engraving|epitaph|flag|graffiti|"
    r"gravestones?|hat|hats|headstones?|hoodie|inscription|jersey|label|lettering|logo|mottos?|mottoes|mural|"
    r"placards?|plaque|plate|posters?|shirts?|signs?|slogans?|sticker|t-shirts?|tattoo|tombstone|"
    r"sweatshirt"
)

#: Verbs and phrases by which somebody's words are reported, with their forms.
REPORTING = (
    r"said|says?|saying|tells?|told|telling|adds?|added|adding|asks?|asked|asking|answer(?:s|ed)?|"
    r"repl(?:y|ies|ied)|responded|responds|writes?|wrote|written|writing|tweet(?:s|ed|ing)?|posted|"
    r"announc(?:e|es|ed|ing)|declar(?:e|es|ed|ing)|stat(?:es|ed|ing)|claim(?:s|ed|ing)?|"
    r"argu(?:e|es|ed|ing)|insist(?:s|ed|ing)?|warn(?:s|ed|ing)?|not(?:es|ed|ing)|"
    r"observ(?:es|ed|ing)|remark(?:s|ed|ing)?|comment(?:s|ed|ing)?|explain(?:s|ed|ing)?|"
    r"conced(?:e|es|ed|ing)|admit(?:s|ted|ting)?|acknowledg(?:e|es|ed|ing)|boast(?:s|ed|ing)?|"
    r"brag(?:s|ged|ging)?|complain(?:s|ed|ing)?|suggest(?:s|ed|ing)?|recall(?:s|ed|ing)?|"
    r"shout(?:s|ed|ing)?|yell(?:s|ed|ing)?|cr(?:y|ies|ied)|scream(?:s|ed|ing)?|"
    r"chant(?:s|ed|ing)?|attack(?:s|ed|ing)|"
    r"found|finds?|spoke|speaks?|spoken|reject(?:s|ed|ing)|fears?|fum(?:es|ed)|shrugg?(?:s|ed)|smil(?:es|ed)|"
    r"laugh(?:s|ed)|sigh(?:s|ed)|snap(?:s|ped)|grumbl(?:es|ed)|thunder(?:s|ed)|roar(?:s|ed)|"
    r"gush(?:es|ed)|crow(?:s|ed)|rav(?:es|ed)|enthus(?:es|ed)|rag(?:es|ed)|"
    r"pray(?:s|ed)|sob(?:s|bed)|growl(?:s|ed)|murmur(?:s|ed)|"
    r"whisper(?:s|ed|ing)?|mutter(?:s|ed|ing)?|joke[sd]?|joking|quip(?:s|ped)?|"
    r"predict(?:s|ed|ing)?|promis(?:e|es|ed|ing)|pledg(?:e|es|ed|ing)|vow(?:s|ed|ing)?|"
    r"den(?:y|ies|ied|ying)|denounc(?:e|es|ed|ing)|condemn(?:s|ed|ing)?|prais(?:e|es|ed|ing)|"
    r"critici[sz](?:e|es|ed|ing)|blast(?:s|ed|ing)?|slam(?:s|med|ming)?|decr(?:y|ies|ied|ying)|"
    r"call(?:s|ed|ing)?|describ(?:e|es|ed|ing)|dismiss(?:es|ed|ing)?|characteri[sz](?:e|es|ed|ing)|"
    r"label(?:s|led|ed|ling|ing)|brand(?:s|ed|ing)|term(?:s|ed|ing)|hail(?:s|ed|ing)?|"
    r"conclud(?:e|es|ed|ing)|report(?:s|ed|ing)|contend(?:s|ed|ing)?|maintain(?:s|ed|ing)?|"
    r"assert(?:s|ed|ing)?|alleg(?:es|ed|ing)|accus(?:e|es|ed|ing)|urg(?:e|es|ed|ing)|"
    r"demand(?:s|ed|ing)?|order(?:s|ed|ing)|request(?:s|ed|ing)|quot(?:e|es|ed|ing)|"
    r"testif(?:y|ies|ied|ying)|emphasi[sz](?:e|es|ed|ing)|stress(?:es|ed|ing)|"
    r"reiterat(?:e|es|ed|ing)|repeat(?:s|ed|ing)|continu(?:es|ed)|began|begins|went on|goes on|"
    r"advis(?:e|es|ed|ing)|caution(?:s|ed|ing)|lament(?:s|ed|ing)?|apologi[sz](?:e|es|ed|ing)|"
    r"thank(?:s|ed|ing)|greet(?:s|ed|ing)|proclaim(?:s|ed|ing)?|opin(?:e|es|ed|ing)|"
    r"think(?:s|ing)?|thought|believ(?:e|es|ed|ing)|hop(?:es|ed|ing)|fear(?:s|ed|ing)|"
    r"wonder(?:s|ed|ing)?|feel(?:s|ing)?|felt|agree(?:s|d|ing)?|disagree(?:s|d|ing)?|"
    r"object(?:s|ed|ing)|interject(?:s|ed)|counter(?:s|ed|ing)|retort(?:s|ed)|rul(?:es|ed|ing)|"
    r"wants?|wanted|refus(?:es|ed|ing)|declin(?:es|ed|ing)|"
    r"compar(?:es|ed|ing)|likened|vowing|read(?:s|ing)?|according to|"
    r"in a statement|in an? interview|"
    r"(?:his|her|their|its|whose|the) (?:words|statement|remarks|comments|speech|testimony)|"
    r"déclare|a déclaré|dit|a dit|affirme|a affirmé|explique|sagte|sagt|erklärte|meinte|dijo|dice|"
    r"afirmó|ha detto|disse|säger|sade|sa|zei|zegt|"
    r"statement|as .{1,30} put it|puts? it"
)

#: After a sign, a shirt or a motto these still report speech; "says" and "reads" do not.
SPEAKING = r"told|asked|according|called|he said|she said|they said|added|announced"

#: Words that may be in lower case in a title and that never are a name by themselves.
FUNCTION_WORDS = words(
    "a an the and or but nor for of in on at to from by with as is are was were be it its he she "
    "they we i you his her their our my your this that these those if when while after before "
    "because although though since until there here what who how why where so yet not no all some "
    "any every each both then than into over under about out up down off de la le el du von van "
    "did do does has have had will would can could may might should must"
)
#: Capitalised words that may stand before a name and are no part of it.
NOT_IN_NAMES = FUNCTION_WORDS | words(
    "mr mrs ms miss dr prof president senator sen rep representative gov governor mayor judge "
    "justice minister premier chancellor king queen prince princess sir lord lady dame pope "
    "general gen colonel col captain capt sergeant sgt officer detective coach secretary "
    "ambassador director chairman chairwoman professor del rev hon lt maj cmdr monday tuesday "
    "wednesday thursday friday saturday sunday meanwhile later now then yesterday today"
)


def is_work_noun(word: str) -> bool:
    """Returns whether a word, in any case, singular or plural, names a kind of work."""
    folded = word.casefold()
    return folded in _WORKS or folded.removesuffix("s") in _WORKS


_WORKS = frozenset(WORK_NOUNS.split("|"))
