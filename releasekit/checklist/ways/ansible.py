"""Ansible (docs.ansible.com/ansible/latest/cli/ansible-playbook.html)."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Ansible(Stack):
    """A playbook is run against an inventory; what its tasks do is not read."""

    way = "ansible"
    blanks = MappingProxyType({"INVENTORY": "the inventory of production"})

    def words(self) -> tuple[str, ...]:
        inventory = self.blank(self.option("-i", "--inventory", "--inventory-file"), "INVENTORY")
        playbooks = [path for path in self.d.files if path.endswith((".yml", ".yaml"))]
        return ("ansible-playbook", "-i", inventory, *map(self.of, playbooks[:1]))
