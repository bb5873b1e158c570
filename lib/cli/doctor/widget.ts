/** Examines whether the dashboard gets its picture. */
import type { DeploymentPort } from '../../core/deploymentPort.ts';
import { shellQuoted } from '../../core/text.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** As the dashboard asks for it. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html (read 2026-11-29) */
const DRAWN = { widgetContext: { width: 600, height: 400, theme: 'light' } };

export async function examineWidget(
  functionName: string,
  port: Pick<DeploymentPort, 'invoke'>,
  signal: AbortSignal,
): Promise<Exam> {
  const reading = await port.invoke(functionName, DRAWN, signal);
  if (!reading.known) return unexamined('widget', functionName, reading.why);
  return reading.value.includes('<svg')
    ? well('widget', functionName, 'answers with a picture')
    : wrong(
        'widget',
        functionName,
        `answers without a picture: ${reading.value.slice(0, 80)}`,
        `read its log: aws logs tail /aws/lambda/${shellQuoted(functionName)}`,
      );
}
