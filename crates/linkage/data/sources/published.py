#!/usr/bin/env python3
"""Writes nicknames.toml and spellings.toml beside this folder from the published packages they are taken from.

    python3 -m venv v && v/bin/pip install --no-deps nicknames==1.0.1 rigour==1.8.1
    v/bin/python crates/linkage/data/sources/published.py

Standard library only; the packages are read as data and not run. What is left out, and why, stands with each rule.
"""
import csv
import re
import tomllib
import unicodedata
from importlib.metadata import distribution
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent
PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
# Scripts of the languages whose names are spelt in many ways in English records: Arabic (with Persian and Urdu),
# Bengali, Devanagari, Gurmukhi, Gujarati and Tamil. Somali is written in Latin letters; its Arabic names come with these.
ARABIC = re.compile("[\u0600-\u06ff]")
# One character is a Chinese surname; its spellings in Latin letters (Chan, Chen, Tan) are different families' here.
CHINESE = re.compile("[\u4e00-\u9fff]")
SCRIPTS = re.compile("[\u0600-\u06ff\u0980-\u09ff\u0900-\u097f\u0a00-\u0a7f\u0a80-\u0aff\u0b80-\u0bff]")


def text_of(package, version, path):
    found = distribution(package)
    if found.version != version:
        raise SystemExit(f"{package} {found.version} is installed, {version} is needed: pip install {package}=={version}")
    return Path(found.locate_file(path)).read_text(encoding="utf-8")


def plain(text):
    """As `spelling::plain`: lower case, no marks, then letters only."""
    text = unicodedata.normalize("NFKD", text.lower().translate(PLAIN))
    text = "".join(c for c in text if not unicodedata.combining(c) and c not in "'’‘ʼ`")
    return re.sub("[ -]", "", text)


def written(form):
    """A name in Arabic letters as it is written without marks, whatever the language and with or without spaces."""
    form = form.translate(str.maketrans("أإآٱىیکةھہۃٔ", "ااااييكههههه"))
    return "".join(c for c in form if ARABIC.match(c) and unicodedata.category(c) == "Lo")


def skeleton(word):
    """The consonants, those that one sound is written with brought to one letter."""
    for many, one in (("sch", "s"), ("kh", "k"), ("ch", "s"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("gh", "g"), ("bh", "b"),
                      ("ph", "f"), ("dj", "j"), ("dz", "j"), ("ck", "k"), ("tch", "s")):
        word = word.replace(many, one)
    word = word.translate(str.maketrans("qcxzvg", "kkksfj"))
    word = re.sub("[aeiouywh]", "", word)
    return re.sub(r"(.)\1+", r"\1", word)


def near(a, b):
    """One letter changed, added or left out at most."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b)) <= 1
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1:] == short for i in range(len(long)))


def one_name(a, b):
    """Whether two spellings can be of one name: the consonants agree but for one of three or more, and a vowel they
    begin with is of one kind (Omar is not Amir)."""
    x, y = skeleton(a), skeleton(b)
    kind = [0 if name[0] in "aeiy" else 1 if name[0] in "ou" else 2 for name in (a, b)]
    if 2 not in kind and kind[0] != kind[1]:
        return False
    return x == y or (min(len(x), len(y)) >= 3 and near(x, y))


def without_subsets(groups):
    """Each group once, and none that is part of another."""
    kept, of = [], {}
    for group in sorted({frozenset(g) for g in groups}, key=lambda g: (-len(g), sorted(g))):
        first = min(group, key=lambda name: len(of.get(name, ())))
        if not any(group <= kept[i] for i in of.get(first, ())):
            for name in group:
                of.setdefault(name, []).append(len(kept))
            kept.append(group)
    return kept


def write(file, head, groups):
    lines = [f"# {line}" if line else "#" for line in head]
    lines += ["version = 1", "groups = ["] + [f'    "{line}",' for line in groups] + ["]", ""]
    (OUT / file).write_text("\n".join(lines), encoding="utf-8")
    print(file, len(groups), "groups,", sum(len(g.split()) for g in groups), "names")


def nicknames():
    rows = list(csv.DictReader(text_of("nicknames", "1.0.1", "nicknames/names.csv").splitlines()))
    pairs = [(plain(r["name1"]), plain(r["name2"])) for r in rows if r["relationship"] == "has_nickname"]
    names = {name for name, _ in pairs}

    def kept(name, short):
        # Two letters fit too many names to say anything.
        if min(len(name), len(short)) < 3 or name == short:
            return False
        # A word that is a name of its own (Ellie, Erin, Lisa) is given to a sister or brother as readily as it is
        # short for Danielle, Aaron or Alicia: only where it is plainly cut from the name.
        stem = re.sub(r"(.)\1$", r"\1", re.sub("(ie|y|i|ey|ee)$", "", short))
        cut = len(short) < len(name) and len(stem) >= 3 and (name.startswith(stem) or name.endswith(short) and len(short) >= 4)
        # Any other begins as the name does or stands within it: the list has Erin for Aaron and Leah for Ashley.
        like = name[0] == short[0] or len(stem) >= 3 and stem in name
        return cut or (like if short not in names else skeleton(name) == skeleton(short) and name[0] == short[0])

    of = {}
    for name, short in pairs:
        if kept(name, short):
            of.setdefault(name, []).append(short)
    groups = without_subsets([{name, *short} for name, short in of.items()])
    lines = sorted(" ".join(sorted(group)) for group in groups if len(group) > 1)
    write("nicknames.toml", [
        "English forenames and their short and pet forms. One group a line, plain lower-case letters.",
        "Made by sources/published.py; not to be changed by hand. Our own additions stand in forenames.toml.",
        "Source: nicknames 1.0.1 (PyPI; Carlton Northern, Nick Crews and others), file names.csv.",
        "Licence: Apache-2.0 (sources/NOTICE.md). Taken over 2026-11-22.",
        "Changed: brought into groups; left out are forms of one or two letters, and forms that are names of their own",
        "and not plainly cut from the longer name, or that neither begin as it does nor stand within it.",
    ], lines)


def ours():
    """Our own groups by name."""
    of = {}
    for file in ("forenames.toml", "surnames.toml"):
        lists = tomllib.loads((OUT / file).read_text(encoding="utf-8"))
        for i, group in enumerate(lists["groups"] + lists.get("spellings", [])):
            for name in group.split():
                of.setdefault(name, set()).add((file, i))
    return of


def family_of(names, known):
    """The largest family of spellings with one set of consonants. The source joins what is written alike in some
    language: Ali and Alison, or Mahmood and Mohammed, in Arabic letters."""
    names = sorted(names)
    alike = {name: [other for other in names if one_name(name, other)] for name in names}
    head = max(names, key=lambda name: (len(alike[name]), name in known, -len(name)), default="")
    family = alike.get(head, [])
    # Two that we know, and not as one name, are two names: those that go with most of the others stay.
    for one in [name for name in family if name in known]:
        apart = [name for name in family if name in known and not known[one] & known[name]]
        together = [name for name in family if name in known and known[one] & known[name]]
        if len(apart) > len(together):
            family = [name for name in family if name != one]
    return family if len(family) > 1 and len(skeleton(head)) > 1 else []


def spellings():
    found, by_form = [], {}
    for line in text_of("rigour", "1.8.1", "rigour/data/names/persons.txt").splitlines():
        forms = [plain(form) for form in line.partition(" => ")[0].split(",")]
        if not any(SCRIPTS.search(form) for form in forms) or any(len(f) == 1 and CHINESE.match(f) for f in forms):
            continue
        names = {form for form in forms if re.fullmatch("[a-z]{3,14}", form)}
        found.append(names)
        for form in {written(form) for form in forms}:
            if len(form) >= 3:
                by_form.setdefault(form, set()).update(name for name in names if len(skeleton(name)) >= 3)
    known = ours()
    # Names written with the same Arabic letters are one name: Abdirahman and Abdulrahman meet there only.
    groups = [family for names in [*found, *by_form.values()] if (family := family_of(names, known))]
    lines = sorted(" ".join(sorted(group)) for group in without_subsets(groups))
    write("spellings.toml", [
        "Spellings in Latin letters of one name that is written in Arabic, Persian, Urdu, Bengali, Hindi or Punjabi.",
        "They count for forenames and surnames alike: where a father's name follows the own one, one word is either.",
        "Made by sources/published.py; not to be changed by hand. Our own additions stand in forenames.toml, surnames.toml.",
        "Source: rigour 1.8.1 (PyPI; OpenSanctions), file data/names/persons.txt, which is drawn from Wikidata (CC0).",
        "Licence: MIT (sources/NOTICE.md). Taken over 2026-11-22.",
        "Changed: names with a form in those scripts only, brought to plain letters; left out are spellings whose",
        "consonants differ from those of the group, words of one consonant, Chinese surnames, and names that our own lists",
        "keep apart.",
    ], lines)


nicknames()
spellings()
