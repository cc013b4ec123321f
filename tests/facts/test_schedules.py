"""Jobs on a schedule, as languages and their schedulers write them."""

import pytest

from releasekit.facts.detectors import schedules
from tests.facts.saying import pairs

JAVA = """class Jobs {
    @Scheduled(cron = "0 0 1 * * ?")
    @Transactional
    public void removeOld() {}

    @Scheduled(cron = "${app.sync:0 */5 * * * *}", zone = "UTC")
    void sync() {}

    @Scheduled(fixedDelay = 30000)
    void loop() {}
}
"""
SIDEKIQ = """import_data:
  cron: "0 22 * * 1-5" # after closing
  class: "ImportJob"
clean:
  cron: "0 * * * *"
  class: "CleanJob"
"""
SOLID = """production:
  clean:
    command: "SolidQueue::Job.clear_finished_in_batches"
    schedule: every hour at minute 12
development:
  other:
    class: X
    schedule: every minute
"""
CELERY = """app.conf.beat_schedule = {
    "nightly": {"task": "tasks.report", "schedule": crontab(hour=7, minute=30)},
    "often": {"task": "tasks.poll", "schedule": 30.0},
}
"""
APSCHEDULER = """@scheduler.scheduled_job("cron", hour=3, minute=0)
def clean():
    pass

scheduler.add_job(send, CronTrigger.from_crontab("0 6 * * 1"), id="mail")
scheduler.add_job(poll, "interval", seconds=5)
"""


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("src/main/java/Jobs.java", JAVA, [("removeOld", "0 0 1 * * ?"), ("sync", "0 */5 * * * *")]),
        ("src/tasks.service.ts", "  @Cron('45 * * * * *')\n  async handle() {}\n", [("handle", "45 * * * * *")]),
        (
            "src/jobs.js",
            'cron.schedule("0 3 * * *", cleanUp);\nnew CronJob("0 0 * * 0", () => { run(); });\n',
            [("cleanUp", "0 3 * * *"), ("jobs", "0 0 * * 0")],
        ),
        ("cmd/main.go", 'c := cron.New()\nc.AddFunc("@daily", cleanup)\n', [("cleanup", "@daily")]),
        ("config/schedule.yml", SIDEKIQ, [("import_data", "0 22 * * 1-5"), ("clean", "0 * * * *")]),
        ("config/recurring.yml", SOLID, [("clean", "every hour at minute 12")]),
        (
            "config/sidekiq.yml",
            ":scheduler:\n  :schedule:\n    clean:\n      every: '1h'\n      class: Clean\n",
            [("clean", "1h")],
        ),
        (
            "config/initializers/good_job.rb",
            'config.good_job.cron = {\n  digest: { cron: "0 7 * * *", class: "DigestJob" }\n}\n',
            [("digest", "0 7 * * *")],
        ),
        (
            "config/schedule.rb",
            'every 1.day, at: "4:30 am" do\n  runner "Clean.run"\nend\n',
            [("Clean.run", '1.day, at: "4:30 am')],
        ),
        ("proj/celery.py", CELERY, [("nightly", "30 7 * * *"), ("often", "30.0")]),
        ("app/jobs.py", APSCHEDULER, [("clean", "0 3 * * *"), ("mail", "0 6 * * 1")]),
        ("proj/settings.py", 'CRONJOBS = [("*/5 * * * *", "app.cron.poll")]\n', [("app.cron.poll", "*/5 * * * *")]),
        ("app/Console/Kernel.php", "$schedule->command('mail:send')->daily();\n", [("mail:send", "daily()")]),
        ("routes/console.php", "Schedule::job(new Clean)->cron('0 1 * * *'); // schedule\n", [("Clean", "0 1 * * *")]),
        ("config/config.exs", 'crontab: [\n  {"0 2 * * *", MyApp.Nightly}\n]\n', [("MyApp.Nightly", "0 2 * * *")]),
        (
            "Jobs.cs",
            'RecurringJob.AddOrUpdate<IReports>("reports", r => r.Run(), Cron.Daily(3));\n',
            [("reports", "Daily(3)")],
        ),
        (
            "docker/crontab",
            "# m h dom mon dow\n15 4 * * * root /usr/local/bin/backup.sh --all\n",
            [("backup.sh", "15 4 * * *")],
        ),
        ("vercel.json", '{"crons": [{"path": "/api/clean", "schedule": "0 5 * * *"}]}', [("/api/clean", "0 5 * * *")]),
        ("cron.yaml", "cron:\n- url: /tasks/sum\n  schedule: every 24 hours\n", [("/tasks/sum", "every 24 hours")]),
    ],
)
def test_a_schedule_is_told_with_its_job(path: str, text: str, expected: list[tuple[str, object]]) -> None:
    assert pairs(schedules.detect, {path: text}) == expected


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".github/workflows/nightly.yml", "on:\n  schedule:\n    - cron: '0 0 * * *'\n"),
        ("config/sidekiq.yml", ":concurrency: 5\n:queues:\n  - default\n"),
        ("src/text.js", "const example = '0 0 * * *'; // a schedule\n"),
        ("tests/jobs.js", "cron.schedule('0 0 * * *', run)\n"),
    ],
)
def test_what_only_looks_like_a_schedule_is_none(path: str, text: str) -> None:
    assert pairs(schedules.detect, {path: text}) == []


def test_a_guide_s_crontab_counts_where_it_runs_a_file_of_the_repository() -> None:
    guide = (
        "```\nexpire   * * * * *   script/expire\n*/5 * * * *  bundle exec script/send_mail\n"
        "0 1 * * *  /usr/bin/backup\n```\n\n* * * * * script/expire\n"
    )
    texts = {"README.md": guide, "script/expire": "#!/bin/sh\n", "script/send_mail": "#!/bin/sh\n"}
    assert pairs(schedules.detect, texts) == [("expire", "* * * * *"), ("send_mail", "*/5 * * * *")]
