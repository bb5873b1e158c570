/** Everything of CloudWatch that a stack holds: its alarms and its dashboard, as CloudFormation resources. */
import { alarmResource, alarmsOf, type StackFact } from './alarms.ts';
import { dashboardBody } from './dashboard.ts';

/** By logical id. Names begin with the stack's, so that a second stage stands beside the first. */
export function monitorResources(
  stack: StackFact,
  homeRegion: string,
): Readonly<Record<string, { readonly Type: string; readonly Properties: object }>> {
  const alarms = alarmsOf(stack);
  return {
    ...Object.fromEntries(alarms.map((alarm) => [alarm.logicalId, alarmResource(alarm)])),
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        // Dashboards are of the whole account, whatever region their stack is in.
        DashboardName: `${stack.name}-${homeRegion}`,
        DashboardBody: { 'Fn::Sub': dashboardBody({ ...stack, homeRegion, alarms }) },
      },
    },
  };
}
