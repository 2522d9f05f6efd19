"""Countries and regions of origin (ISO 3166-1): two letters; three in establishment numbers; their names."""

from __future__ import annotations

from functools import cache

from babel import Locale

from schema.identifiers.writing import broken, normalise
from schema.problems import Language

# Written as alpha-2 followed by alpha-3, so that one word is one country.
_TABLE = """
ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE
BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS
BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN
COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST
EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF
GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD
HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM
JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA
LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM
NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG
PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA
SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD
STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON
TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR
VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""

ALPHA_3 = {word[:2]: word[2:] for word in _TABLE.split()}
"""Three letters by two."""

ALPHA_2 = {three: two for two, three in ALPHA_3.items()}
"""Two letters by three."""


def parse_country(text: str) -> str:
    """The country in ``text``, written with two or three letters, as two letters."""
    value = normalise(text)
    if value in ALPHA_3:
        return value
    if value in ALPHA_2:
        return ALPHA_2[value]
    raise broken("country", "unknown", value)


_OWN_NAMES: dict[str, dict[Language, str]] = {
    "HKG": {"en": "Hong Kong (China)", "zh": "中国香港"},
    "MAC": {"en": "Macao (China)", "zh": "中国澳门"},
    "TWN": {"en": "Taiwan (China)", "zh": "中国台湾"},
}
"""Names as they stand on labels in China, where the Unicode locale data has another form."""


def country_name(alpha_3: str, language: Language) -> str:
    """``BRA`` → 巴西 or Brazil. What is no country's code stands for itself."""
    return country_names(language).get(alpha_3, alpha_3)


@cache
def country_names(language: Language) -> dict[str, str]:
    """Every country's name by its three letters."""
    known = Locale(language).territories
    return {three: str(known[two]) for three, two in ALPHA_2.items()} | {
        three: names[language] for three, names in _OWN_NAMES.items()
    }
