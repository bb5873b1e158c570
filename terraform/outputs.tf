output "outputs" {
  description = "The stack's outputs by name: StateTableName, AlertsTopicArn, DashboardUrl and the others"
  value       = aws_cloudformation_stack.vpn_medic.outputs
}
