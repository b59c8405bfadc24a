"""Verbs about people: posts and the log of reads of personal data."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jieban.accounts.actor import Actor
from jieban.accounts.models import Person, Post, Reading
from jieban.core.errors import BadInput


def log_reading(
    *, by: Actor, subject: str, what: str, purpose: str, at: datetime, address: str | None = None
) -> Reading:
    """Write down that `by` is about to read `what` of the order `subject`, and why (at least four characters)."""
    if by.person_id is None or len(purpose.strip()) < 4:
        raise BadInput("请写明为什么要看，至少四个字，例如“约上门时间”。")
    return Reading.objects.create(
        person_id=by.person_id,
        post_id=by.post_id,
        at=at,
        subject=subject,
        what=what,
        purpose=purpose.strip(),
        address=address,
    )


def appoint(*, username: str, name: str, password: str, unit_id: int, role: str, at: datetime) -> Post:
    """Give the person of that user name a post from today; somebody new is made with `name` and `password`.

    BadInput: a new person without a password, another name than the one on record, or a post that is held already.
    """
    with transaction.atomic():
        person = Person.objects.filter(username=username).first()
        if person is None:
            if not password:
                raise BadInput("这是一个新账号，请写初始密码。")
            person = Person.objects.create_user(username, password, name=name)
        elif person.name != name:
            raise BadInput(f"登录名 {username} 已经是{person.name}的。请换一个登录名，或改成同一个人的姓名。")
        day = timezone.localdate(at)
        held = Post.objects.filter(person=person, unit_id=unit_id, role=role).exclude(until__lte=day)
        if held.exists():
            raise BadInput(f"{person.name} 已经有这个岗位了。")
        return Post.objects.create(person=person, unit_id=unit_id, role=role, since=day)


def end_post(post: Post, *, at: datetime) -> None:
    """End a post: today is the first day it is no longer held."""
    post.until = timezone.localdate(at)
    post.save(update_fields=["until"])
