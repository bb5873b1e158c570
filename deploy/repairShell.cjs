const { listOf, roleOf } = require('./insideVpc.cjs');

/**
 * With `repairSubnets`, a function inside the VPC that logs in for the repair function; without, nothing at all.
 * Nothing is checked here: deploy/parameters.ts refuses what is wrong, all at once.
 */
module.exports = async ({ resolveVariable }) => {
  const service = await resolveVariable('self:service');
  const stage = await resolveVariable('self:provider.stage');
  const subnetIds = await listOf(resolveVariable, 'repairSubnets');
  const securityGroupIds = await listOf(resolveVariable, 'repairSecurityGroups');
  if (subnetIds.length === 0) return { name: '', functions: {}, resources: {} };
  const name = `${service}-${stage}-repairShell`;
  return {
    name,
    functions: {
      repairShell: {
        name,
        handler: 'dist/repairShell/index.handler',
        package: { patterns: ['dist/repairShell/index.mjs'] },
        role: 'RepairShellRole',
        memorySize: 256,
        // 10 s to log in at each of two addresses, 30 s to run.
        timeout: 52,
        vpc: { subnetIds, securityGroupIds },
      },
    },
    resources: {
      Resources: { RepairShellRole: roleOf('repairShell', name) },
      Outputs: {
        RepairShellFunctionName: {
          Description: 'Logs in for repairs, from inside the VPC; for vpn-medic check',
          Value: name,
        },
      },
    },
  };
};
