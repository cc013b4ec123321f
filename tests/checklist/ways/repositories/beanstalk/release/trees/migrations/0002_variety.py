"""A tree may have a variety."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trees", "0001_initial")]
    operations = [
        migrations.AddField(model_name="tree", name="variety", field=models.CharField(max_length=80, null=True)),
    ]
