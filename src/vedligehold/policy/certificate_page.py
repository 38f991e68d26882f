"""The certificate as a page of HTML: one file that fetches nothing, to be printed, signed and kept."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from vedligehold.policy.certificate import Certificate
from vedligehold.policy.certificate_words import HEADS, LIMITS, figures, lacking, lists, made_on, particulars, remarks
from vedligehold.source import Words

TEMPLATE = Path(__file__).with_name("certificate.html.jinja")


def page(made: Certificate, lang: str) -> str:
    """*made* as one HTML file in *lang*, `da` or `en`; whatever a pack says is text in it, and never markup."""

    def said(words: Words) -> str:
        return words.said(lang)

    return _template().render(
        lang=lang,
        said=said,
        made=made,
        limits=LIMITS,
        made_on=made_on(made),
        head={name: words.said(lang) for name, words in HEADS.items()},
        remarks=remarks(made),
        particulars=list(particulars(made)),
        figures=list(figures(made)),
        lacking=list(lacking(made)),
        lists=list(lists(made)),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE.name)
