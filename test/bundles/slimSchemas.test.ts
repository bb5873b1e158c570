/** Goal: only computed keys of known text and errors that are read by name change. Method: lines laid out as the SDK's generator does it. */
import { expect, test } from '@jest/globals';
import { withoutModelledErrors } from '../../deploy/modelledErrors.ts';
import { withLiteralKeys } from '../../deploy/slimSchemas.ts';

test('a key of a constant text becomes the text, quotes and escapes included', () => {
  const source = 'const _Id = "Id";\nconst _q = "a\\"b";\nvar A = { [_Id]: 1, [_q]: _Id };';
  expect(withLiteralKeys(source)).toBe(
    'const _Id = "Id";\nconst _q = "a\\"b";\nvar A = { "Id": 1, "a\\"b": _Id };',
  );
});

test('a key of anything else stays, and so does a list', () => {
  const source = 'const _n = name();\nvar A = { [_n]: 1, [_other]: 2 }, B = [_n];';
  expect(withLiteralKeys(source)).toBe(source);
});

test('the errors of a client whose errors are read by name are not registered; its base class stays', () => {
  const base = '_s_registry.registerError(LambdaServiceException$, LambdaServiceException);';
  const source = `${base}\nn0_registry.registerError(A$, A);\nvar B$ = [-3];`;
  expect(withoutModelledErrors('node_modules/@aws-sdk/client-lambda/schemas_0.js', source)).toBe(
    `${base}\n\nvar B$ = [-3];`,
  );
});

test('the error of DynamoDB whose item is read stays, its others do not', () => {
  const path = 'node_modules/@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js';
  const read =
    'n0_registry.registerError(ConditionalCheckFailedException$, ConditionalCheckFailedException);';
  const source = `${read}\nn0_registry.registerError(InternalServerError$, InternalServerError);`;
  expect(withoutModelledErrors(path, source)).toBe(`${read}\n`);
});

test('the errors of SNS that are told apart by their names stay, its others do not', () => {
  const path = 'node_modules/@aws-sdk/client-sns/dist-es/schemas/schemas_0.js';
  const kept = 'n0_registry.registerError(NotFoundException$, NotFoundException);';
  const source = `${kept}\nn0_registry.registerError(OptedOutException$, OptedOutException);`;
  expect(withoutModelledErrors(path, source)).toBe(`${kept}\n`);
});

test('the errors of XML and other clients stay', () => {
  const source = 'n0_registry.registerError(A$, A);';
  for (const client of ['s3', 'cloudwatch', 'ec2']) {
    const path = `node_modules/@aws-sdk/client-${client}/dist-es/schemas/schemas_0.js`;
    expect(withoutModelledErrors(path, source)).toBe(source);
  }
});
