"""Generate invented names and their misspellings, for `manage.py match_figures`.

Shares no code with what it measures. Given names are common ones, each with spellings found in French documents; family
names are made of syllables, so that nobody bears the combination. Misspellings depend on the origin.
"""

import random
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Define names of an origin.

    `given`: each with other spellings; `start`, `middle`, `end`: syllables of family names; `slips`: (sound, other
    spelling).
    """

    nations: tuple[str, ...]
    given: tuple[tuple[str, ...], ...]
    start: tuple[str, ...]
    middle: tuple[str, ...]
    end: tuple[str, ...]
    slips: tuple[tuple[str, str], ...]
    particle: str = ""


def _names(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split("/")) for line in text.split())


ORIGINS = {
    "Maghreb": Origin(
        ("MA", "DZ", "TN"),
        _names(
            "Mohamed/Mohammed/Muhammad/Mohamad/محمد Khadija/Khadidja/Hadija/Khadidga Youssef/Yousef/Yusuf/Joseph"
            " Fatima/Fatma/Fatiha Abdelkader/Abdel-Kader/Abdulkader Abderrahmane/Abdel-Rahman/Abdurrahman Aïcha/Aisha/Aicha"
            " Rachid/Rashid/Rachide Naïma/Naima/Naïmah Djamila/Jamila/Gamila Hicham/Hisham/Ichem Samira/Samirah Karim/Kareem"
            " Zohra/Zahra/Zora Mustapha/Mostafa/Moustafa Nadia/Nadya Soufiane/Sofiane/Sufyan Latifa/Latiffa Bilal/Bilel"
            " Ahlam/Ahlem Hassan/Hasan/Hassane Houda/Huda Imane/Iman/Imène Otmane/Othman/Outhmane"
        ),
        ("Bel", "Bou", "Kha", "Cha", "Dja", "Ghe", "Ze", "Mou", "Ha", "Ra", "Sa", "Ta", "Che", "Lah"),
        ("ra", "li", "mou", "che", "ssa", "dda", "kha", "za", "rou", "ne"),
        ("oui", "aoui", "ani", "ouche", "idi", "ane", "ib", "af", "ouk", "allah"),
        (("ch", "sh"), ("ou", "u"), ("dj", "j"), ("kh", "h"), ("aoui", "awi"), ("gh", "g"), ("ss", "s"), ("a", "e")),
        "El",
    ),
    "Sahel": Origin(
        ("ML", "GN", "SN", "CI", "BF"),
        _names(
            "Mamadou/Mamadu/Mahamadou Fatoumata/Fatimata/Fatoumatta Ousmane/Usman/Ousman Aminata/Amineta Ibrahima/Ibrahim/Brahima"
            " Mariam/Mariama/Maryam Oumar/Umar/Omar Kadiatou/Kadidiatou/Khadiatou Abdoulaye/Abdulai/Abdoulay Djénéba/Jeneba/Djeneba"
            " Boubacar/Boubakar/Bubacar Hawa/Awa Souleymane/Suleiman/Soulemane Assétou/Assetou Moussa/Musa Aïssata/Aissatou/Aisata"
            " Cheick/Cheikh/Sheikh Rokia/Rokiatou Sékou/Sekou/Sekhou Binta/Bintou Issa/Isa Nana/Nanah Bakary/Bakari"
        ),
        ("Dia", "Ka", "Sou", "Ndi", "Ba", "Kou", "Ma", "Ga", "Tou", "Ouo", "Sé", "Yo", "Fo"),
        ("ma", "li", "ba", "ndé", "ro", "mba", "ra", "lou", "ssi"),
        ("tara", "bougou", "diaré", "koro", "mbé", "youmé", "gué", "ssoko", "llobé", "niangué"),
        (("ou", "u"), ("gu", "g"), ("ss", "s"), ("dia", "ja"), ("k", "c"), ("é", "e"), ("ll", "l"), ("ouo", "wo")),
    ),
    "Nigeria": Origin(
        ("NG",),
        _names(
            "Blessing/Blesin/Blessin Joy/Joie Precious/Preshious Osas/Osaz Esohe/Esohey Faith/Feith Chukwudi/Tchukudi/Chukudi"
            " Ngozi/Ingozi Ifeoma/Ifeyoma Ebuka/Ebouka Tunde/Toundé Omolade/Omoladé Favour/Favor Destiny/Destinie Gift/Guift"
            " Adaeze/Adaezé Uche/Utche Itohan/Ituhan Osaretin/Osaretine Efosa/Efoza Happiness/Happines"
        ),
        ("Ose", "Agho", "Eki", "Uwa", "Oko", "Chi", "Ade", "Olu", "Igbi", "Eho", "Nwo"),
        ("ma", "ro", "ye", "wu", "bi", "gha", "ne", "so"),
        ("gbon", "wenmo", "nosa", "lade", "chukwu", "yemi", "kpolor", "rhie", "tade", "zuro"),
        (("ch", "tch"), ("w", "ou"), ("gh", "g"), ("u", "ou"), ("rh", "r"), ("y", "i"), ("kp", "p"), ("sh", "ch")),
    ),
    "Horn": Origin(
        ("ER", "ET", "SO", "SD"),
        _names(
            "Tesfay/Tesfaye/Tesfai Selam/Salam/Selamawit Haile/Hailé/Haylé Semhar/Semhare Yonas/Jonas/Ionas Hiwot/Hiwet"
            " Abdi/Abdy Fadumo/Fatouma/Fadoumo Mulugeta/Moulougueta Tsegay/Tsegaye/Segai Birhan/Berhane Ayaan/Ayan Dawit/Dawitt"
            " Rahel/Rachel Osman/Othman/Usman Winta/Wintta Filmon/Philmon Saba/Sabah Mebrahtu/Mebratu/Mebrahtou"
        ),
        ("Ghe", "Te", "Ha", "We", "Me", "Ki", "A", "Be", "Za", "Ne"),
        ("bre", "kle", "lde", "bra", "ssa", "da", "ne", "ri"),
        ("mariam", "michael", "ab", "tsion", "luel", "hun", "ssie", "sellas", "gabir", "dom"),
        (("gh", "g"), ("ts", "s"), ("h", ""), ("k", "q"), ("ss", "s"), ("e", "é"), ("y", "i"), ("ae", "ai")),
    ),
    "Congo": Origin(
        ("CD", "CG", "CM", "GA"),
        _names(
            "Grâce/Grace Merveille/Merveil Divine/Divin Christelle/Cristelle/Christel Patrick/Patric Fabrice/Fabrisse Nadège/Nadege"
            " Exaucée/Exauce Béni/Beni Plamedi/Plamédi Prince/Prinse Gloire/Gloir Junior/Yunior Aimée/Aime Jean-Paul/Jeanpaul"
            " Ruth/Rut Espoir/Espoire Rosine/Rozine Thierry/Tierry Sylvie/Silvie"
        ),
        ("Mbu", "Nza", "Ka", "Lu", "Mu", "Ngo", "Tshi", "Ki", "Bo", "Ma", "Nko"),
        ("ka", "mba", "lo", "nga", "tu", "wa", "le", "sso"),
        ("ndu", "nzila", "songo", "kadi", "mbo", "lumba", "ngila", "kela", "bwe", "ntu"),
        (("tsh", "tch"), ("u", "ou"), ("w", "ou"), ("mb", "b"), ("k", "c"), ("ss", "s"), ("nz", "nj"), ("i", "y")),
    ),
    "Balkans": Origin(
        ("RO", "BG", "AL", "RS"),
        _names(
            "Ștefania/Stefania/Stephania Ionuț/Ionut/Ionutz Mihai/Mihay Andreea/Andrea Gheorghe/George/Georghe Cătălina/Catalina"
            " Ionela/Yonela Nicoleta/Nicoletta Florin/Florine Vasile/Vassile Dimitar/Dimiter Yordanka/Iordanka/Jordanka"
            " Krasimira/Crasimira Arben/Arbene Flutura/Floutoura Xhevdet/Djevdet Besnik/Bésnik Dragana/Dragania Željko/Zeljko/Jelko"
            " Alexandru/Aleksandru Ramona/Ramonna Sorina/Sorinna Marius/Maryus"
        ),
        ("Ci", "Ste", "Po", "Du", "Mari", "Gheo", "Va", "Hri", "Kova", "Bra", "Dra", "She", "Țu"),
        ("ră", "ni", "lo", "ve", "sto", "ma", "di", "go"),
        ("escu", "eanu", "ov", "eva", "aj", "ović", "ița", "oiu", "anu", "shi"),
        (("ș", "sh"), ("ț", "tz"), ("ă", "a"), ("k", "c"), ("c", "k"), ("v", "w"), ("ović", "ovitch"), ("gh", "g"), ("y", "i")),
    ),
    "East": Origin(
        ("UA", "RU", "MD", "BY"),
        _names(
            "Oleksandr/Aleksandr/Alexandre/Олександр Olena/Elena/Hélène/Олена Svitlana/Svetlana/Світлана Yuliia/Julia/Iulia/Yulia"
            " Iryna/Irina/Ірина Natalia/Nataliya/Natalya Volodymyr/Vladimir/Володимир Kateryna/Ekaterina/Katerina"
            " Dmytro/Dmitri/Dimitri Tetiana/Tatiana/Tetyana Andriy/Andrei/Andrii Mykola/Nikolai Oksana/Oxana Liudmyla/Ludmila/Lyudmila"
            " Viktoriia/Victoria/Viktoria Serhii/Sergei/Sergueï Maksym/Maxime/Maxim Zhanna/Janna/Jeanne"
        ),
        ("Kova", "Shev", "Bon", "Tka", "Zhu", "Moro", "Petr", "Kuz", "Yak", "Hav", "Lys", "Chor"),
        ("len", "che", "ry", "me", "bo", "lo", "shy", "va"),
        ("enko", "chuk", "skyi", "ova", "ych", "iuk", "ets", "skaya", "ov", "ylo"),
        (("sh", "ch"), ("ch", "tch"), ("zh", "j"), ("k", "c"), ("yi", "y"), ("v", "w"), ("y", "i"), ("iu", "you"), ("kh", "h")),
    ),
    "Asia": Origin(
        ("VN", "CN", "PH", "TH"),
        _names(
            "Lan/Lân Thị-Mai/Thi-Mai/Thimai Hương/Huong Đức/Duc Minh/Mihn Tuấn/Tuan Ngọc/Ngoc Quỳnh/Quynh Phương/Phuong/Fuong"
            " Wei/Wai/伟 Xiaoling/Siaoling/Xiao-Ling Jing/Djing Mei/Mey Zhihao/Jihao Qian/Tsian Yan/Yann Maricel/Marisel"
            " Jhonalyn/Jonalyn Rosario/Rozario Analyn/Annalyn Somchai/Somchaï Malee/Mali Chen/Tchen Huiling/Houiling"
        ),
        ("Nguy", "Tr", "Ph", "L", "V", "Zh", "Ch", "X", "Hu", "D", "Qu", "San", "Bau"),
        ("an", "ie", "uo", "ai", "o", "e"),
        ("ng", "nh", "n", "ong", "ang", "u", "tista", "m", "eng", "ien"),
        (("zh", "tch"), ("x", "s"), ("ph", "f"), ("ng", "n"), ("qu", "kou"), ("ch", "tch"), ("uo", "o"), ("ie", "e")),
    ),
    "Latin": Origin(
        ("BR", "CO", "DO", "VE", "HT", "PE"),
        _names(
            "Yolanda/Iolanda/Jolanda José/Jose/Josué Ximena/Jimena Guadalupe/Gouadaloupe João/Joao Conceição/Conceicao/Conception"
            " Rafaela/Raphaëla/Rafaella Thiago/Tiago Wilson/Wilsson Yuliana/Juliana Esteban/Estevan Catalina/Katalina"
            " Franchesca/Francesca Wendy/Wendi Jhon/John/Jon Luz/Luce Dieudonné/Dieudonne Mirlande/Mirlanda Roseline/Rozeline"
            " Fabiana/Fabianna Gilberto/Jilberto Valentina/Valentinna"
        ),
        ("Ro", "Gua", "Fer", "Be", "Ca", "Vi", "San", "Mon", "Or", "Sil", "Pé", "Alva", "Jean"),
        ("dri", "nan", "la", "ve", "ra", "te", "ma", "ga"),
        ("guez", "dez", "rão", "lho", "nta", "veira", "rres", "lmo", "naldo", "quez"),
        (("z", "s"), ("gu", "g"), ("ão", "ao"), ("v", "b"), ("c", "k"), ("rr", "r"), ("lh", "l"), ("qu", "k"), ("ei", "e")),
        "de",
    ),
    "South Asia": Origin(
        ("BD", "PK", "IN", "AF", "LK"),
        _names(
            "Mohammad/Muhamad/Mohamed Rahim/Raheem Shahida/Chahida Nasreen/Nasrin/Nasrine Abdul-Karim/Abdoulkarim/Abdulkarim"
            " Farzana/Pharzana Jahangir/Djahangir Sultana/Soultana Ashraf/Achraf Zubair/Zoubair/Zubayr Priya/Pria Gurpreet/Gourprit"
            " Harjit/Harjeet Shabnam/Chabnam Hussain/Hossain/Houssein Parveen/Parvine/Parvin Khalil/Halil Najibullah/Nadjiboullah"
            " Shirin/Chirine/Shireen Rubina/Roubina Tariq/Tarik/Tarek"
        ),
        ("Cho", "Ra", "Sha", "Ba", "Mi", "Qu", "Gha", "Ha", "Sa", "Kha", "Za", "Be"),
        ("wdhu", "hma", "re", "ji", "li", "sse", "na", "zi"),
        ("ry", "shi", "nzai", "dar", "wala", "khel", "pur", "jit", "lak", "oon"),
        (("sh", "ch"), ("oo", "ou"), ("u", "ou"), ("q", "k"), ("dh", "d"), ("kh", "k"), ("z", "j"), ("ee", "i"), ("j", "dj")),
    ),
}  # fmt: skip
KEYS = {"a": "zq", "e": "zr", "i": "uo", "o": "ip", "u": "yi", "s": "qd", "d": "sf", "t": "ry", "r": "et", "n": "bh",
        "m": "l", "l": "km", "k": "jl", "c": "xv", "b": "vn", "g": "fh", "h": "gj", "f": "dg", "y": "tu"}  # fmt: skip


def family_name(origin: Origin, chance: random.Random) -> str:
    """Return a random family name of this origin."""
    middle = chance.choice(origin.middle) if chance.random() < 0.6 else ""
    made = f"{chance.choice(origin.start)}{middle}{chance.choice(origin.end)}".capitalize()
    return f"{origin.particle} {made}" if origin.particle and chance.random() < 0.3 else made


def heard_otherwise(name: str, origin: Origin, chance: random.Random) -> str:
    """Return the name with one or two sounds spelled otherwise."""
    possible = [slip for slip in origin.slips if slip[0] in name.lower()]
    for heard, written in chance.sample(possible, min(len(possible), chance.choice((1, 1, 2)))):
        name = re.sub(heard, written, name, count=1, flags=re.IGNORECASE)
    return name


def slip_of_the_finger(name: str, chance: random.Random) -> str:
    """Return the name with one letter replaced by its neighbour on the keyboard, lost, doubled or swapped."""
    if len(name) < 4:
        return name
    at = chance.randrange(1, len(name) - 1)
    letter = name[at]
    return chance.choice(
        (
            name[:at] + chance.choice(KEYS.get(letter, "e")) + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1] + letter + name[at + 2 :],
        )
    )
