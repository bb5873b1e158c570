const { join } = require('node:path');
const { buildSync } = require('esbuild');

/** plugin.ts, for osls, which loads its plugins at once: compiled here, so that any Node from 20 on will do. */
const { outputFiles } = buildSync({
  entryPoints: [join(__dirname, 'plugin.ts')],
  inject: [join(__dirname, 'node20.ts')],
  bundle: true,
  packages: 'external',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  write: false,
});
const compiled = new module.constructor(__filename, module);
compiled.paths = module.paths;
compiled._compile(outputFiles[0].text, __filename);
module.exports = compiled.exports.default;
