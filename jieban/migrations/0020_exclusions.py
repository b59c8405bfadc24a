"""Leaving out of scoring belongs to the assignment: `Assignment.ground` for `Order.excluded`, and requests for it.

What was left out stays so. The timeline is append-only, so each assignment of a left-out order gets an entry of its own,
chained as any other, with what the order's entry had recorded. There is no way back: entries are not taken away.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from jieban.orders import chain

CHUNK = 400


def keep_what_is_left_out(apps, schema_editor):
    """Leave out the assignments of every order that is left out."""
    Order = apps.get_model("jieban", "Order")
    last = 0
    while keys := list(Order.objects.filter(excluded=True, pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        last = keys[-1]
        leave_out(apps, keys, at=timezone.now())
    if schema_editor.connection.vendor == "postgresql":
        # Rows written here are checked now: a table with checks still to come cannot be altered.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def leave_out(apps, keys, *, at):
    """Give the assignments of these orders the ground that the last `exclude` of the order recorded, with an entry each."""
    Order, Assignment, Entry = (apps.get_model("jieban", name) for name in ("Order", "Assignment", "Entry"))
    orders = {order.pk: order for order in Order.objects.filter(pk__in=keys)}
    old = Entry.objects.filter(order__in=keys, move="exclude").order_by("seq")
    said = dict(old.values_list("order_id", "records"))
    parts = list(Assignment.objects.filter(order__in=keys).exclude(role="notice").order_by("order", "no"))
    entries = [_entry(Entry, orders[part.order_id], part, said.get(part.order_id, {}), at) for part in parts]
    Entry.objects.bulk_create(entries, batch_size=CHUNK)
    Assignment.objects.bulk_update(parts, ["ground"], batch_size=CHUNK)
    Order.objects.bulk_update(orders.values(), ["entries_count", "head", "moved_at"], batch_size=CHUNK)


def _entry(Entry, order, part, said, at):
    part.ground = str(said.get("ground") or "untold")[:32]
    entry = Entry(
        order_id=order.pk, seq=order.entries_count + 1, at=max(at, order.moved_at), move="leave_out", role="rule",
        actor="剔除改记在承办上", client="cli", assignment_no=part.no, source=part.state, target=part.state,
        changes={"assignments": {str(part.no): {"ground": part.ground}}},
        records={
            "ground": part.ground, "evidence": said.get("evidence", ""), "asked": "", "decision": said.get("decision", "")
        },
        pack_id=order.pack_id, previous=order.head,
    )  # fmt: skip
    entry.hash = chain.hash_of(entry, number=order.number)
    order.entries_count, order.head, order.moved_at = entry.seq, entry.hash, entry.at
    return entry


class Migration(migrations.Migration):

    dependencies = [
        ('jieban', '0019_cycle_steps'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='ground',
            field=models.CharField(blank=True, default='', max_length=32),
        ),
        migrations.RunPython(keep_what_is_left_out, elidable=True),
        migrations.RemoveField(
            model_name='order',
            name='excluded',
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(max_length=12)),
                ('ground', models.CharField(max_length=32)),
                ('statement', models.TextField()),
                ('evidence', models.JSONField(default=list)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('asked_at', models.DateTimeField()),
                ('granted', models.BooleanField(blank=True, null=True)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('appealed_at', models.DateTimeField(blank=True, null=True)),
                ('second_at', models.DateTimeField(blank=True, null=True)),
                ('appealed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('assignment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='jieban.assignment')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='jieban.order')),
                ('second_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='jieban.unit')),
            ],
        ),
        migrations.CreateModel(
            name='ExclusionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('name', models.CharField(max_length=64)),
                ('role', models.CharField(max_length=16)),
                ('unit', models.CharField(blank=True, default='', max_length=64)),
                ('what', models.CharField(max_length=12)),
                ('words', models.TextField(blank=True, default='')),
                ('exclusion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='jieban.exclusion')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='exclusion',
            index=models.Index(fields=['stage', 'asked_at'], name='jieban_excl_stage_88b35c_idx'),
        ),
        migrations.AddIndex(
            model_name='exclusion',
            index=models.Index(fields=['unit', 'asked_at'], name='jieban_excl_unit_id_937e9f_idx'),
        ),
        migrations.AddConstraint(
            model_name='exclusion',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ['appealed', 'asked'])), fields=('assignment',), name='exclusion_open_once'),
        ),
        migrations.AddIndex(
            model_name='exclusionstep',
            index=models.Index(fields=['exclusion', 'at'], name='jieban_excl_exclusi_1ac3bc_idx'),
        ),
    ]
