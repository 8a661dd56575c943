"""File names in Content-Disposition: told exactly, and never able to say anything else."""

from email.message import Message

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediavault.http.disposition import content_disposition


def test_a_plain_name_is_told_once() -> None:
    assert content_disposition("holiday 1.jpg", inline=True) == 'inline; filename="holiday 1.jpg"'


def test_a_download_is_an_attachment() -> None:
    assert content_disposition("a.zip", inline=False).startswith("attachment; ")


@pytest.mark.parametrize(
    ("name", "fallback", "exact"),
    [
        ("Gr\u00f6\u00dfe.png", "Gro_e.png", "Gr%C3%B6%C3%9Fe.png"),
        ("\u5199\u771f.jpg", "__.jpg", "%E5%86%99%E7%9C%9F.jpg"),
        ("\u20ac 5%.txt", "_ 5_.txt", "%E2%82%AC%205%25.txt"),
        ("\U0001f468\u200d\U0001f467.png", "___.png", "%F0%9F%91%A8%E2%80%8D%F0%9F%91%A7.png"),
        ('a"; filename="b.html', "a_; filename=_b.html", "a%22%3B%20filename%3D%22b.html"),
        ("back\\slash", "back_slash", None),
        ("a\uff0fb\u2105", "a_bc_o", "a%EF%BC%8Fb%E2%84%85"),
        ("a\r\nSet-Cookie: x=1", "a__Set-Cookie: x=1", None),
        ("photo\u202egpj.exe", "photo_gpj.exe", None),
        ("../../etc/passwd", ".._.._etc_passwd", None),
        ("", "file", None),
    ],
)
def test_names_of_every_kind_are_told_safely(name: str, fallback: str, exact: str | None) -> None:
    exact_part = "" if exact is None else f"; filename*=UTF-8''{exact}"
    assert content_disposition(name, inline=True) == f'inline; filename="{fallback}"{exact_part}'


@given(st.text(max_size=40))
def test_no_name_breaks_out_of_the_header(name: str) -> None:
    value = content_disposition(name, inline=False)
    assert value.isascii()
    assert value.isprintable()
    message = Message()
    message["Content-Disposition"] = value
    assert message.get_content_disposition() == "attachment"
    parameters = message.get_params(header="content-disposition", unquote=True) or []
    assert {key for key, _ in parameters} <= {
        "attachment",
        "filename",
        "filename*",
    }
