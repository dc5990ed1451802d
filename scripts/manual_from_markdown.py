"""A document of docs/ as a page of section 5: what docs/records.md and docs/quirks.md use of Markdown, as mdoc(7)."""

import re


def page(name, title, markdown, escape, date):
    """The page's text.

    - name: `ocppctl-records`
    - title: what stands behind the name, without a full stop
    - escape: text as roff shows it
    """
    lines = [f'.\\" Made by scripts/generate-manual from docs/{name.removeprefix("ocppctl-")}.md.', f".Dd {date}",
             f".Dt {name.upper()} 5", ".Os", ".Sh NAME", f".Nm {name}", f".Nd {title}", ".Sh DESCRIPTION"]
    body = [text.rstrip() for text in markdown.splitlines()[1:] if not text.startswith("<!--")]
    lines += blocks(body, escape)
    lines += [".Sh SEE ALSO", ".Xr ocppctl 1 ,", ".Xr ocppctl-decode 1"]
    return "\n".join(lines) + "\n"


def blocks(body, escape):
    number, is_first = 0, True
    while number < len(body):
        line = body[number]
        if not line:
            number += 1
            continue
        rest = []
        if heading := re.match(r"(#+) (.*)", line):
            plain = inline(heading[2], escape)
            yield (".Sh " + plain.upper()) if len(heading[1]) == 2 else ".Ss " + plain
            number, is_first = number + 1, True
            continue
        if line.startswith("```"):
            number += 1
            while body[number] != "```":
                rest.append(body[number])
                number += 1
            number += 1
            yield from [".Bd -literal -offset indent", *map(escape, rest), ".Ed"]
        elif line.startswith("|"):
            while number < len(body) and body[number].startswith("|"):
                rest.append([cell.strip() for cell in re.split(r"(?<!\\)\|", body[number])[1:-1]])
                number += 1
            yield ".Bl -tag -width Ds"
            for cells in rest[2:]:
                yield ".It " + inline(cells[0], escape)
                yield from sentences("; ".join(cell.replace("\\|", "|") for cell in cells[1:] if cell), escape)
            yield ".El"
        elif line.startswith("- "):
            while number < len(body) and body[number]:
                if body[number].startswith("- "):
                    rest.append(body[number][2:])
                else:
                    rest[-1] += " " + body[number].strip()
                number += 1
            yield ".Bl -bullet"
            for item in rest:
                yield ".It"
                yield from sentences(item, escape)
            yield ".El"
        else:
            while number < len(body) and body[number] and not re.match(r"[-|#`]{1,3} |```|\|", body[number]):
                rest.append(body[number])
                number += 1
            if not is_first:
                yield ".Pp"
            yield from sentences(" ".join(rest), escape)
        is_first = False


def sentences(text, escape):
    """One a line, as mdoc(7) wants them."""
    return [inline(sentence, escape) for sentence in re.split(r"(?<=[.:;?]) (?=[A-Z`*\[])", text)] if text else []


def inline(text, escape):
    """Emphasis by roff's own fonts; a link's text stands for it."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]*`|\*\*[^*]*\*\*)", text)
    shown = "".join(
        f"\\fB{escape(part.strip('`*')).removeprefix(chr(92) + '&')}\\fR" if part[:1] == "`" or part[:2] == "**" else
        escape(part).removeprefix("\\&") for part in parts)
    return "\\&" + shown if shown.startswith((".", "\\(aq")) else shown
