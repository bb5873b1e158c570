# vpn-medic by Terraform: the template and the code that `vpn-medic template --out FOLDER` wrote, as a CloudFormation stack.
# The resources stay CloudFormation's: one truth for every way to deploy.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

data "aws_region" "current" {}
data "aws_partition" "current" {}

locals {
  template = "${var.folder}/vpn-medic.template.json"
  # Named by what is inside: a new version is a new object.
  code         = fileset("${var.folder}/code", "**/*.zip")
  template_key = "vpn-medic/template-${filesha256(local.template)}.json"
}

resource "aws_s3_object" "code" {
  for_each = local.code
  bucket   = var.code_bucket
  key      = each.value
  source   = "${var.folder}/code/${each.value}"
}

resource "aws_s3_object" "template" {
  bucket = var.code_bucket
  key    = local.template_key
  source = local.template
}

resource "aws_cloudformation_stack" "vpn_medic" {
  name         = "vpn-medic-${var.stage}"
  template_url = "https://${var.code_bucket}.s3.${data.aws_region.current.name}.${data.aws_partition.current.dns_suffix}/${local.template_key}"
  capabilities = ["CAPABILITY_IAM"]
  parameters = merge(var.parameters, {
    stage      = var.stage
    codeBucket = var.code_bucket
  })
  tags       = merge(var.tags, { application = "vpn-medic", stage = var.stage })
  depends_on = [aws_s3_object.code, aws_s3_object.template]
}
