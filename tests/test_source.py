"""Reading, decoding and parsing source: it works as in Python, or there is a clear reason."""

from __future__ import annotations

import ast
import codecs
import os
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_bgtasks.project.source import BadSource, decode, parse_failure, read

if TYPE_CHECKING:
    from pathlib import Path

posix_only = pytest.mark.skipif(os.name == "nt", reason="there are no such files")


def reason(data: bytes) -> tuple[str, int, int]:
    with pytest.raises(BadSource) as caught:
        decode(data)
    return caught.value.message, caught.value.line, caught.value.column


def decoded(data: bytes) -> str | BadSource:
    try:
        return decode(data)
    except BadSource as error:
        return error


class TestRead:
    def test_every_byte_arrives(self, tmp_path: Path) -> None:
        data = bytes(range(256)) * 5000 + b"\r\n\x1a"
        (tmp_path / "a.py").write_bytes(data)
        assert read(tmp_path / "a.py") == data

    def test_a_link_is_followed(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes(b"x")
        (tmp_path / "b.py").symlink_to("a.py")
        assert read(str(tmp_path / "b.py")) == b"x"

    def test_a_file_that_is_gone(self, tmp_path: Path) -> None:
        with pytest.raises(BadSource, match=r"^can't read the file: it does not exist$"):
            read(tmp_path / "gone.py")

    def test_a_folder(self, tmp_path: Path) -> None:
        with pytest.raises(BadSource, match=r"^can't read the file: "):
            read(tmp_path)

    def test_a_path_that_can_not_be(self) -> None:
        with pytest.raises(BadSource, match="NUL"):
            read("a\0.py")

    @posix_only
    def test_a_link_to_itself(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").symlink_to("a.py")
        with pytest.raises(BadSource, match="too many levels of symbolic links"):
            read(tmp_path / "a.py")

    @posix_only
    def test_a_named_pipe_does_not_block(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.py")
        with pytest.raises(BadSource, match="not a regular file"):
            read(tmp_path / "pipe.py")

    @posix_only
    def test_a_device_is_not_read(self) -> None:
        with pytest.raises(BadSource, match="not a regular file"):
            read("/dev/zero")

    @posix_only
    def test_a_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # the path of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("s.py")
            with pytest.raises(BadSource, match=r"^can't read the file: "):
                read("s.py")

    def test_a_file_that_must_not_be_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
        with pytest.raises(BadSource, match=r"^can't read the file: permission denied$"):
            read(tmp_path / "a.py")


class TestDecode:
    @pytest.mark.parametrize(
        ("data", "text"),
        [
            (b"", ""),
            (b"x = 1\r\ny = 2\rz\n", "x = 1\r\ny = 2\rz\n"),
            ("s = 'naïve 名'\n".encode(), "s = 'naïve 名'\n"),
            (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
            (codecs.BOM_UTF8 + b"# coding: utf-8\n", "# coding: utf-8\n"),
            (b"# coding: latin-1\ns = '\xe9'\n", "# coding: latin-1\ns = 'é'\n"),
            (
                b"#!/bin/x\n# -*- coding: cp1252 -*-\n'\x80'",
                "#!/bin/x\n# -*- coding: cp1252 -*-\n'€'",
            ),
            (b"#!/bin/x\r# coding: latin-1\r'\xe9'", "#!/bin/x\r# coding: latin-1\r'é'"),
            (b"\n\n# coding: latin-1\n", "\n\n# coding: latin-1\n"),
            (b"# coding: shift_jis\n'\x96\xbc'", "# coding: shift_jis\n'名'"),
            (b"x = '\x0c\x1f\x7f'", "x = '\x0c\x1f\x7f'"),
        ],
    )
    def test_text_comes_out_as_python_reads_it(self, data: bytes, text: str) -> None:
        assert decode(data) == text

    @pytest.mark.parametrize(
        ("data", "message", "line", "column"),
        [
            (b"x = 1\ny = '\xe9'\n", "can't decode the file as utf-8: byte 0xe9", 2, 6),
            (b"\xff\xfex\0", "can't decode the file as utf-8: byte 0xff", 1, 1),
            ("é = 'ab".encode() + b"\xff'", "can't decode the file as utf-8: byte 0xff", 1, 8),
            (b"a\r\nb\rc = \xff", "can't decode the file as utf-8: byte 0xff", 3, 5),
            (b"\n" * 9 + b"'\xc3", "can't decode the file as utf-8: byte 0xc3", 10, 2),
            (b"# coding: ascii\n'\xe9'", "can't decode the file as ascii: byte 0xe9", 2, 2),
            (b"# coding: klingon\n", "can't decode the file: unknown encoding: klingon", 1, 1),
            (b"#\n# coding: klingon\n", "can't decode the file: unknown encoding: klingon", 2, 1),
            (
                codecs.BOM_UTF8 + b"# coding: latin-1\n",
                "can't decode the file: encoding problem: utf-8",
                1,
                1,
            ),
            (b"x = 1\ny = '\0'\n", "the source holds a NUL byte", 2, 6),
            (b"\0", "the source holds a NUL byte", 1, 1),
        ],
    )
    def test_what_is_wrong_and_where(
        self, data: bytes, message: str, line: int, column: int
    ) -> None:
        assert reason(data) == (message, line, column)

    @pytest.mark.parametrize("codec", ["hex", "rot13", "undefined", "base64", "idna", "punycode"])
    def test_a_codec_that_is_no_encoding_of_source_is_no_crash(self, codec: str) -> None:
        data = f"# coding: {codec}\nx = 'a b'\n".encode()
        outcome = decoded(data)
        assert isinstance(outcome, str) or "\n" not in outcome.message

    @given(
        st.binary(max_size=60), st.sampled_from(["", "# coding: latin-1\n", "# coding: utf-7\n"])
    )
    def test_any_bytes_are_text_or_have_a_reason(self, data: bytes, head: str) -> None:
        outcome = decoded(head.encode() + data)
        if isinstance(outcome, str):
            assert "\0" not in outcome
        else:
            assert outcome.line >= 1
            assert outcome.column >= 1


class TestParseFailure:
    @pytest.mark.parametrize(
        ("source", "line", "column"),
        [
            ("x = 1\ny = (\n", 2, 5),
            ("def f():\nreturn 1\n", 2, 1),
            ("é = 'a' 名 b\n", 1, 9),
            ("print 'x'\r\n", 1, 1),
        ],
    )
    def test_a_syntax_error_has_its_place(self, source: str, line: int, column: int) -> None:
        failure = self.failure(source)
        assert (failure.line, failure.column) == (line, column)
        assert failure.message
        assert "\n" not in failure.message

    def test_a_syntax_error_without_a_place_is_at_the_start(self) -> None:
        failure = parse_failure(SyntaxError("something\n is  wrong"))
        assert (failure.message, failure.line, failure.column) == ("something is wrong", 1, 1)

    def test_a_place_before_the_start_is_at_the_start(self) -> None:
        failure = parse_failure(SyntaxError("x", ("f", 0, -1, "", 0, 0)))
        assert (failure.line, failure.column) == (1, 1)

    @pytest.mark.parametrize("error", [RecursionError("deep"), MemoryError()])
    def test_deep_nesting_is_called_by_its_name(self, error: Exception) -> None:
        assert parse_failure(error).message == "the code is nested too deeply to be parsed"

    def test_code_that_python_gives_up_on(self) -> None:
        failure = self.failure("x = " + "(" * 5000 + ")" * 5000)
        assert "too" in failure.message

    def test_anything_else_is_quoted(self) -> None:
        assert parse_failure(ValueError("odd\ninput")).message == "can't parse the file: odd input"

    @staticmethod
    def failure(source: str) -> BadSource:
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return parse_failure(error)
        raise AssertionError("it can be parsed")
