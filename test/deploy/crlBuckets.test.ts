/** Goal: the buckets that serve CRLs are read by this account's CloudFront, and nothing else. Method: the statements of their policies. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** Each statement of a template's policies, from one `Sid` to the next. */
const statementsOf = (file: string): readonly string[] =>
  readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8')
    .replaceAll(/^\s*#.*$/gm, '')
    .split(/^\s*- Sid: /m)
    .slice(1);

test.each(['crlBuckets.yml', 'crlReplica.template.yml'])(
  '%s: CloudFront is let in by the ARN of a distribution of this account, and not by aws:SourceAccount, which it does not send',
  (file) => {
    const cloudFront = statementsOf(file).filter((one) => one.includes('cloudfront.amazonaws.com'));
    expect(cloudFront).toHaveLength(1);
    const [statement = ''] = cloudFront;
    expect(statement).not.toContain('aws:SourceAccount');
    expect(statement).toMatch(
      /"aws:SourceArn": !Sub "arn:\$\{AWS::Partition\}:cloudfront::\$\{AWS::AccountId\}:distribution\//,
    );
    expect(statement).toContain('"s3:GetObject", "s3:ListBucket"');
  },
);
