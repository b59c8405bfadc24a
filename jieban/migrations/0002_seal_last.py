from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("jieban", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="seal", name="last", field=models.BigIntegerField(default=0), preserve_default=False
        ),
    ]
