/** A packaged template, read for tests. */
import { readFile } from 'node:fs/promises';

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Statement {
  readonly Effect: string;
  readonly actions: readonly string[];
  /** Without `arn:PARTITION:`, account and region by name; a resource of the stack by its logical id. */
  readonly resources: readonly string[];
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface PackagedTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  ofType(type: string): Readonly<Record<string, Resource>>;
  /** By the role's logical id. */
  readonly roles: ReadonlyMap<string, readonly Statement[]>;
  /** Every name that the template itself gives to something. */
  readonly names: readonly string[];
}

export async function readTemplate(path: string): Promise<PackagedTemplate> {
  const { Resources, Outputs = {} }: Pick<PackagedTemplate, 'Resources' | 'Outputs'> = JSON.parse(
    await readFile(path, 'utf8'),
  );
  const ofType = (type: string) =>
    Object.fromEntries(Object.entries(Resources).filter(([, { Type }]) => Type === type));
  return {
    Resources,
    Outputs,
    ofType,
    roles: new Map(
      Object.entries(ofType('AWS::IAM::Role')).map(([id, role]) => [id, statementsOf(role)]),
    ),
    names: Object.values(Resources).flatMap(({ Properties }) =>
      NAMES.flatMap((name) => {
        const value = Properties?.[name];
        return typeof value === 'string' ? [value] : [];
      }),
    ),
  };
}

const NAMES = [
  'FunctionName',
  'AlarmName',
  'DashboardName',
  'Name',
  'LogGroupName',
  'RoleName',
  'TopicName',
  'QueueName',
  'TableName',
  'BucketName',
];

/** One line an action set: role, effect and actions, resources, condition, as docs/security.md writes them. */
export const grantsOf = (template: PackagedTemplate, stage: string): readonly string[] =>
  [...template.roles].flatMap(([role, statements]) =>
    statements.map(({ Effect, actions, resources, condition }) =>
      [
        role.replace(/Role$/, ''),
        `${Effect === 'Deny' ? 'never ' : ''}${actions.join(' ')}`,
        resources.join(' '),
        conditionText(condition),
      ]
        .join(' | ')
        .replaceAll(`vpn-medic-${stage}-`, 'STACK-'),
    ),
  );

const conditionText = (condition: Statement['condition']): string =>
  Object.entries(condition)
    .flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) =>
        operator === 'Null' ? `${key} is there` : `${key} = ${plainText(value)}`,
      ),
    )
    .join(', ');

function statementsOf({ Properties }: Resource): readonly Statement[] {
  return listOf(Properties['Policies']).flatMap((policy) => {
    const { PolicyDocument } = Object(policy);
    return listOf(PolicyDocument.Statement).map((statement) => {
      const { Effect, Action, Resource, Condition } = Object(statement);
      return {
        Effect: String(Effect),
        actions: listOf(Action).map(String),
        resources: listOf(Resource).map(plainText),
        condition: Condition ?? {},
      };
    });
  });
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function plainText(value: unknown): string {
  const { Ref, 'Fn::Sub': sub, 'Fn::GetAtt': attribute } = Object(value);
  if (typeof Ref === 'string') return Ref;
  if (attribute !== undefined) return String(listOf(attribute)[0]).replace(/\.Arn$/, '');
  return String(sub ?? value)
    .replaceAll('arn:${AWS::Partition}:', '')
    .replaceAll('${AWS::Region}', 'REGION')
    .replaceAll('${AWS::AccountId}', 'ACCOUNT')
    .replaceAll(/\$\{(\w+)\.Arn\}/g, '$1');
}
