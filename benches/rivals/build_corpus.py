#!/usr/bin/env python3
"""Assemble a real-text benchmark corpus (about 300 MB of UTF-8) from Debian documentation packages.

Nothing is installed: the .debs are fetched with the ordinary client (`apt-get download`), unpacked with
`dpkg-deb -x` into a work folder, and turned into plain text with the standard library only.

    python build_corpus.py --out OUTDIR [--work WORKDIR] [--limit-mb 300] [--jobs 2]

Writes  OUTDIR/corpus.jsonl    one document per line: {"id": int, "source": str, "path": str, "text": str}
        OUTDIR/manifest.json   package versions and sha256, per-source counts, length quantiles, sha256 of corpus.jsonl

Same package versions in -> byte-identical corpus.jsonl out (input capped per source, path-sorted, exact-dedup'd on
sha1(text), documents that look binary dropped, then shuffled with random.Random(20261122)).  Needs: Debian (apt-get, dpkg-deb), python >= 3.9, network to a Debian mirror.
"""

import argparse, gzip, hashlib, html.parser, json, os, random, re, subprocess, sys, time, unicodedata
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

# package -> (source tag, glob suffixes, kind)
PACKAGES = [
    ("linux-doc-6.1", "linux"),
    ("python3.11-doc", "python"),
    ("postgresql-doc-15", "postgres"),
    ("debian-handbook", "handbook"),
    ("perl-doc", "perl"),
    ("rust-doc", "rust"),
    ("python-pandas-doc", "pandas"),
    ("python-scipy-doc", "scipy"),
    ("python-django-doc", "django"),
    ("sqlite3-doc", "sqlite"),
    ("cppreference-doc-en-html", "cpp"),
    ("octave-doc", "octave"),
    ("maxima-doc", "maxima"),
    ("vim-doc", "vim"),
    ("developers-reference", "devref"),
    ("debian-reference-en", "debref"),
    ("exim4-doc-html", "exim"),
    ("manpages-dev", "man"),
    ("manpages", "man"),
    ("manpages-posix", "man"),
    ("bible-kjv-text", "kjv"),
    ("jargon-text", "jargon"),
    ("miscfiles", "misc"),
    ("dict-gcide", "gcide"),
    ("dict-foldoc", "foldoc"),
    ("dict-wn", "wordnet"),
    ("r-doc-html", "r"),
    ("samba-doc", "samba"),
    ("libboost1.74-doc", "boost"),
    ("qtbase5-doc-html", "qt"),
    ("libgtk-3-doc", "gtk"),
    ("libglib2.0-doc", "glib"),
    ("openjdk-17-doc", "java"),
    ("python-numpy-doc", "numpy"),
    ("python-matplotlib-doc", "mpl"),
    ("python-sklearn-doc", "sklearn"),
    ("python-sympy-doc", "sympy"),
    ("git-doc", "git"),
    ("gnuplot-doc", "gnuplot"),
    ("apache2-doc", "apache"),
    ("mercurial-common", "hg"),
    ("ghc-doc", "ghc"),
    ("erlang-doc", "erlang"),
    ("nodejs-doc", "node"),
]
SKIP = {"script", "style", "nav", "head", "header", "footer", "svg", "button", "noscript", "template", "form"}
BLOCK = {
    "p",
    "div",
    "section",
    "article",
    "li",
    "ul",
    "ol",
    "table",
    "tr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "dl",
    "dt",
    "dd",
    "pre",
    "blockquote",
    "br",
    "hr",
    "main",
    "body",
    "details",
    "summary",
    "figure",
}
PARA = {"p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "ul", "ol", "dl", "table", "blockquote"}
VOID = {"br", "hr", "img", "meta", "link", "input", "area", "base", "col", "embed", "source", "track", "wbr"}


class ToText(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.out, self.skip, self.pre = [], 0, 0

    def handle_starttag(self, tag, attrs):
        if tag in SKIP:
            self.skip += 1
        elif tag == "pre":
            self.pre += 1
        if tag in BLOCK and not self.skip:
            self.out.append("\n\n" if tag in PARA else "\n")
        elif tag in ("td", "th") and not self.skip:
            self.out.append("\t")

    def handle_endtag(self, tag):
        if tag in SKIP and self.skip:
            self.skip -= 1
        elif tag == "pre" and self.pre:
            self.pre -= 1
        if tag in BLOCK and tag not in VOID and not self.skip:
            self.out.append("\n\n" if tag in PARA else "\n")

    def handle_data(self, d):
        if not self.skip:
            self.out.append(d if self.pre else re.sub(r"\s+", " ", d))


_trail, _many, _sp = re.compile(r"[ \t\r\f\v]+\n"), re.compile(r"\n{3,}"), re.compile(r"\n[ ](?=\S)")


def tidy(t):
    t = unicodedata.normalize("NFC", t).replace("\x00", "").replace("¶", "")
    t = _trail.sub("\n", t.replace("\r\n", "\n"))
    return _many.sub("\n\n", _sp.sub("\n", t)).strip()


def read_any(p):
    raw = p.read_bytes()
    if raw[:2] == b"\x1f\x8b":  # .gz, and dictd's .dz (gzip-compatible)
        raw = gzip.decompress(raw)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


_roff = re.compile(r"^\.\\\".*$|^'\\\".*$", re.M)


def man_text(s):  # crude roff -> text: drop macros' names and font escapes, keep their words
    s = _roff.sub("", s)
    s = re.sub(r"\\f[BIRP]|\\f\(..|\\s[+-]?\d|\\&|\\[|^/]", "", s).replace("\\-", "-").replace("\\e", "\\")
    s = re.sub(r"\\\((?:aq|cq)", "'", s)
    s = re.sub(r"\\\((?:lq|rq|dq)", '"', s)
    s = re.sub(r"^\.(SH|SS|TH)\s*(.*)$", r"\n\2\n", s, flags=re.M)
    s = re.sub(r"^\.(PP|P|LP|TP|IP|sp|HP|RS|RE).*$", "\n", s, flags=re.M)
    s = re.sub(r"^\.(B|I|BR|BI|IR|RB|RI|IB|SM|SB)\s+(.*)$", r"\2", s, flags=re.M)
    return re.sub(r"^\.[A-Za-z\\].*$", "", s, flags=re.M)


def pod_text(s):
    s = re.sub(r"^=(head\d|item|over|back|cut|pod|encoding|begin|end|for)\b *", "", s, flags=re.M)
    return re.sub(r"[BICLFSXZE]<+\s?([^<>]*?)\s?>+", r"\1", s)


_odd = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")


def looks_binary(t):
    """True where over 0.5 % of the first 4,000 characters are control characters or U+FFFD."""
    head = t[:4000]
    return len(_odd.findall(head)) > 0.005 * len(head)


def one_file(job):
    path, rel, source = job
    p = Path(path)
    name = p.name[:-3] if p.suffix == ".gz" else p.name
    try:
        s = read_any(p)
    except (OSError, EOFError, gzip.BadGzipFile):
        return []
    if name.endswith((".html", ".htm", ".xhtml")):
        h = ToText()
        try:
            h.feed(s)
            h.close()
        except Exception:
            return []
        docs = ["".join(h.out)]
    elif source == "man":
        docs = [man_text(s)]
    elif name.endswith(".pod"):
        docs = [pod_text(s)]
    elif name.endswith(".dict.dz") or name.endswith(".dict"):
        docs, page, size = [], [], 0  # entries (head words in column 0) grouped into pages of >= 2,000 chars
        for e in re.split(r"\n(?=\S)", s):
            page.append(e)
            size += len(e)
            if size >= 2000:
                docs.append("\n".join(page))
                page, size = [], 0
        docs.append("\n".join(page))
    elif source == "kjv":
        docs = re.split(r"\n(?=[1-9A-Za-z ]+\s1:1\b)", s)
    else:
        docs = [s]
    out = []
    for i, d in enumerate(docs):
        d = tidy(d)
        if len(d) >= 200 and not looks_binary(d):
            out.append((source, f"{rel}#{i}" if len(docs) > 1 else rel, d))
    return out


GOOD = re.compile(r"\.(html|htm|xhtml|txt|rst|md|pod|[1-9](posix|pm|ssl)?)(\.gz)?$|\.dict(\.dz)?$|\.txt$")
BAD = re.compile(
    r"(genindex|searchindex|search\.html|/_sources/|/_static/|/_modules/|all\.html|print\.html|"
    r"changelog|copyright|/src/(?!.*README)|py-modindex|/sitemap|/javascript/|/html/(core|alloc|proc_macro|test)/|"
    r"/arch/(aarch64|arm|x86|x86_64|wasm32|nvptx)/)",
    re.I,
)


def wanted(rel, source):
    if not GOOD.search(rel):
        return False
    if BAD.search(rel):
        return False
    return True


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--out", required=True)
    ap.add_argument("--work", default=None)
    ap.add_argument("--limit-mb", type=float, default=300)
    ap.add_argument("--raw-cap-mb", type=float, default=80, help="most input bytes parsed per source")
    ap.add_argument("--jobs", type=int, default=2)
    a = ap.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    work = Path(a.work or out / "_work")
    debs, tree = work / "debs", work / "tree"
    debs.mkdir(parents=True, exist_ok=True)
    tree.mkdir(parents=True, exist_ok=True)
    t0 = time.time()
    pk = []
    for pkg, source in PACKAGES:
        have = sorted(debs.glob(f"{pkg}_*.deb"))
        if not have:
            r = subprocess.run(["apt-get", "download", "-qq", pkg], cwd=debs, capture_output=True, text=True)
            have = sorted(debs.glob(f"{pkg}_*.deb"))
            if not have:
                print("skip", pkg, r.stderr.strip().splitlines()[-1:] or "not in this release", file=sys.stderr)
                continue
        dst = tree / pkg
        if not dst.exists():
            subprocess.run(["dpkg-deb", "-x", str(have[-1]), str(dst)], check=True)
        pk.append(
            {
                "package": pkg,
                "deb": have[-1].name,
                "source": source,
                "sha256": hashlib.sha256(have[-1].read_bytes()).hexdigest(),
                "bytes": have[-1].stat().st_size,
            }
        )
    jobs, seen_real = [], set()
    for e in pk:
        root = tree / e["package"]
        for d, dirs, files in os.walk(root):
            dirs.sort()
            for f in sorted(files):
                p = Path(d) / f
                rel = f"{e['package']}/{p.relative_to(root)}"
                if p.is_symlink() or not wanted(rel, e["source"]):
                    continue
                jobs.append((str(p), rel, e["source"]))
    jobs.sort(key=lambda j: j[1])
    random.Random(7).shuffle(jobs)  # then keep at most --raw-cap-mb of input per source, in that order
    used, kept = {}, []
    for j in jobs:
        n = os.path.getsize(j[0])
        if used.get(j[2], 0) + n <= a.raw_cap_mb * 1e6:
            used[j[2]] = used.get(j[2], 0) + n
            kept.append(j)
    jobs = sorted(kept, key=lambda j: j[1])
    docs, seen, dup = [], set(), 0
    with ProcessPoolExecutor(a.jobs) as ex:
        for res in ex.map(one_file, jobs, chunksize=64):
            for d in res:
                h = hashlib.sha1(d[2].encode()).digest()
                if h in seen:
                    dup += 1
                    continue
                seen.add(h)
                docs.append(d)
    random.Random(20261122).shuffle(docs)
    sha, n, size, per, lens = hashlib.sha256(), 0, 0, {}, []
    with open(out / "corpus.jsonl", "wb") as f:
        for source, path, text in docs:
            b = len(text.encode())
            if size + b > a.limit_mb * 1e6:
                break
            line = (
                json.dumps({"id": n, "source": source, "path": path, "text": text}, ensure_ascii=False) + "\n"
            ).encode()
            f.write(line)
            sha.update(line)
            s = per.setdefault(source, {"docs": 0, "bytes": 0})
            s["docs"] += 1
            s["bytes"] += b
            size += b
            n += 1
            lens.append(b)
    lens.sort()
    q = (
        {str(p): lens[min(len(lens) - 1, int(p * len(lens)))] for p in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999)}
        if lens
        else {}
    )
    man = {
        "docs": n,
        "text_bytes": size,
        "mean_bytes": round(size / max(n, 1), 1),
        "quantiles_bytes": q,
        "max_bytes": lens[-1] if lens else 0,
        "exact_duplicates_dropped": dup,
        "docs_before_limit": len(docs),
        "sha256_corpus_jsonl": sha.hexdigest(),
        "per_source": per,
        "packages": pk,
        "seconds": round(time.time() - t0, 1),
    }
    (out / "manifest.json").write_text(json.dumps(man, indent=1))
    print(json.dumps({k: v for k, v in man.items() if k != "packages"}, indent=1))


if __name__ == "__main__":
    main()
