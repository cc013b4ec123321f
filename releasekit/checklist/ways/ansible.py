"""Ansible (docs.ansible.com/ansible/latest/cli/ansible-playbook.html)."""

from releasekit.checklist.ways.stack import Fill, Stack


class Ansible(Stack):
    """A playbook is run against an inventory; what its tasks do is not read."""

    way = "ansible"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        named = self.option("-i", "--inventory", "--inventory-file")
        inventory, fill = self.blank(named, "INVENTORY", "the inventory of production")
        playbooks = [path for path in self.d.files if path.endswith((".yml", ".yaml"))]
        return ("ansible-playbook", "-i", inventory, *map(self.of, playbooks[:1])), fill
