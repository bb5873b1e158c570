const { readFileSync } = require('node:fs');
const { join } = require('node:path');

/**
 * The only two documents that the repair role may run, with Systems Manager, on instances that carry vpn-medic:repair.
 * The service checks each value against its pattern before anything reaches an instance.
 */
const PARAMETERS = {
  service: {
    type: 'String',
    description: 'The service to restart: the tag vpn-medic:service, without ".service"',
    allowedPattern: '^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,100}$',
  },
  peer: {
    type: 'String',
    description:
      'An address behind the tunnel, which is pinged before and after; "none": nothing is',
    default: 'none',
    allowedPattern: '^(none|[0-9A-Fa-f:][0-9A-Fa-f.:]{1,44})$',
  },
  work: {
    type: 'String',
    description: 'Whether the service is restarted, or only looked at',
    default: 'restart',
    allowedPattern: '^(restart|look)$',
  },
};

const contentOf = (platformType, action, script) => ({
  schemaVersion: '2.2',
  description: `vpn-medic: restarts a VPN service on ${platformType}, with its state before and after, or looks at it`,
  parameters: PARAMETERS,
  mainSteps: [
    {
      action,
      name: 'restart',
      precondition: { StringEquals: ['platformType', platformType] },
      // Every command of the script together; each has a shorter limit of its own.
      inputs: {
        timeoutSeconds: '45',
        runCommand: readFileSync(join(__dirname, script), 'utf8').split('\n').slice(0, -1),
      },
    },
  ],
});

const CONTENTS = {
  linux: contentOf('Linux', 'aws:runShellScript', 'restartLinux.sh'),
  windows: contentOf('Windows', 'aws:runPowerShellScript', 'restartWindows.ps1'),
};

const documentOf = (name, platform) => ({
  Type: 'AWS::SSM::Document',
  Properties: {
    Name: `${name}-${platform}`,
    DocumentType: 'Command',
    DocumentFormat: 'JSON',
    TargetType: '/AWS::EC2::Instance',
    // A new version, which becomes the default one: a name can be taken once.
    UpdateMethod: 'NewVersion',
    Content: CONTENTS[platform],
  },
});

module.exports = async ({ resolveVariable }) => {
  const service = await resolveVariable('self:service');
  const stage = await resolveVariable('self:provider.stage');
  const name = `${service}-${stage}-restart`;
  return {
    name,
    resources: {
      Resources: {
        RepairLinuxDocument: documentOf(name, 'linux'),
        RepairWindowsDocument: documentOf(name, 'windows'),
      },
    },
  };
};

module.exports.CONTENTS = CONTENTS;
