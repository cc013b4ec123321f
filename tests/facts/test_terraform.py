from releasekit.facts.detectors import terraform
from tests.facts.operations import detect, names, of, rules

MAIN = """
    resource "google_container_cluster" "shop" {
      name = var.name
    }

    resource "aws_db_instance" "main" {
      engine   = "postgres"
      password = var.db_password
      tags     = { owner = "team" }
    }

    resource "google_redis_instance" "maybe" {
      count = var.cache ? 1 : 0
    }

    resource "aws_cloudwatch_metric_alarm" "slow" {
      alarm_name = "shop-slow"
    }

    resource "google_cloud_scheduler_job" "tidy" {
      schedule = "0 3 * * *"
    }

    resource "aws_acm_certificate" "site" {
      domain_name = "shop.acme.io"
    }

    data "aws_region" "here" {}

    module "network" {
      source = "./modules/network"
    }

    variable "name" {}
    variable "region" {
      default = "eu-west-1"
    }
    variable "given" {
      type = string
    }
    variable "db_password" {
      sensitive = true
    }
"""


def test_resources_have_their_address_and_say_what_they_are() -> None:
    facts, findings = detect(
        terraform.detect,
        {
            "infra/main.tf": MAIN,
            "infra/terraform.tfvars": 'given = "x"\nname = ""\n',
            "infra/modules/network/main.tf": 'resource "aws_vpc" "this" {}\nvariable "cidr" {}\n',
            "examples/main.tf": 'resource "aws_vpc" "example" {}\n',
        },
    )
    assert names(facts, "terraform_resource") == {
        "google_container_cluster.shop",
        "aws_db_instance.main",
        "google_redis_instance.maybe",
        "aws_cloudwatch_metric_alarm.slow",
        "google_cloud_scheduler_job.tidy",
        "aws_acm_certificate.site",
        "aws_vpc.this",
    }
    assert of(facts, "datastore") == {(None, "main", "postgres")}
    assert names(facts, "alert_rule") == {"shop-slow"}
    assert of(facts, "cronjob") == {(None, "tidy", "0 3 * * *")}
    assert of(facts, "host") == {(None, "aws_acm_certificate", "shop.acme.io")}
    assert names(facts, "terraform_variable") == {"name", "db_password"}
    assert names(facts, "secret") == {"db_password"}
    assert findings == []


def test_a_file_that_is_no_hcl_is_not_analysed_and_the_others_are() -> None:
    facts, findings = detect(terraform.detect, {"a.tf": 'resource "x" {\n', "b.tf": 'resource "aws_vpc" "this" {}\n'})
    assert names(facts, "terraform_resource") == {"aws_vpc.this"}
    assert rules(findings) == ["not-analysed"]
