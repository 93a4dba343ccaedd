"""No text of the office holds a password: that it was changed is what is recorded (domain.md 23)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import Said

from wuye import secret

Wuye = Callable[..., Said]


@pytest.mark.parametrize("text", (
    "门禁密码是8866", "密码：abc123", "口令为 welcome1", "新密码已改为“Ab#2026x”", "Password: hunter22", "pwd=1234",
    "密码改成20268866", "密码:2026",
))  # fmt: skip
def test_what_a_password_is(text: str) -> None:
    assert secret.find(text)


@pytest.mark.parametrize("text", (
    "第四季度门禁密码已更换，邮件已报经理和财务", "密码改为每季度更换", "密码：2026-11-22 已更换", "密码是业主自己设的",
    "密码为空", "密码改为2026年1月再换", "密码：11月已换", "忘记密码", "密码 2026-11-22 换过",
))  # fmt: skip
def test_that_a_password_was_changed(text: str) -> None:
    assert not secret.find(text)


def test_it_is_refused_wherever_it_is_typed_and_not_repeated(wuye: Wuye) -> None:
    said = wuye("key", "add", "A", "--place", "机房", "--remark", "门禁密码是8866")
    assert said.code == 2 and "--remark（备考）里写有密码" in said.err and "8866" not in said.err
    assert wuye("key", "add", "A", "--place", "机房", "--remark", "门禁密码第四季度已换").code == 0
    typed = (("note", "A", "密码:8866"), ("lose", "A", "--reason", "密码:8866"), ("edit", "A", "--remark", "口令=8866"))
    for words in typed:
        said = wuye("key", *words)
        assert said.code == 2 and "密码" in said.err and "8866" not in said.err, words
