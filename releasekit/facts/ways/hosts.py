"""Ways onto machines that somebody logs in to, one row each."""

from releasekit.facts.ways.model import Family, Way

WAYS: tuple[Way, ...] = (
    Way(
        "kamal",
        "Kamal",
        Family.HOSTS,
        "kamal-deploy.org/docs/commands",
        files=(r"config/deploy\.ya?ml",),
        holds=r"^(?:service|image|servers|registry):|<%",
        commands=("kamal deploy", "kamal redeploy", "kamal setup", "mrsk deploy"),
        reads=True,
        grace=30,
    ),
    Way(
        "nomad",
        "Nomad",
        Family.HOSTS,
        "developer.hashicorp.com/nomad/commands/job",
        files=(r"[^/]+\.nomad(?:\.hcl)?",),
        commands=("nomad job run", "nomad run"),
        grace=5,
    ),
    Way(
        "ansible",
        "Ansible",
        Family.HOSTS,
        "docs.ansible.com/ansible/latest/cli/ansible-playbook.html",
        files=(r"(?:playbook|site|deploy)\.ya?ml",),
        holds=r"^\s*-?\s*hosts:",
        commands=("ansible-playbook",),
        actions=("dawidd6/action-ansible-playbook",),
    ),
    Way(
        "capistrano",
        "Capistrano",
        Family.HOSTS,
        "capistranorb.com/documentation/getting-started/flow",
        files=(r"Capfile", r"config/deploy\.rb"),
        commands=("cap production deploy", "cap deploy"),
        actions=("miloserdow/capistrano-deploy",),
    ),
    Way(
        "deployer",
        "Deployer",
        Family.HOSTS,
        "deployer.org/docs/7.x/cli",
        files=(r"deploy\.(?:php|ya?ml)",),
        holds=r"namespace Deployer|recipe/|^(?:import|recipes?):",
        commands=("dep deploy",),
        actions=("deployphp/action",),
    ),
    Way(
        "systemd",
        "systemd",
        Family.HOSTS,
        "freedesktop.org/software/systemd/man/latest/systemctl.html",
        commands=("systemctl restart", "systemctl reload-or-restart"),
        reads=True,
        grace=90,
    ),
)
