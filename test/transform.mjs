/** Takes the types out of sources and tests, for jest: by the esbuild that also builds the functions. */
import { createHash } from 'node:crypto';
import { transformSync, version } from 'esbuild';

export default {
  process(source, path) {
    const { code, map } = transformSync(source, {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
      sourcefile: path,
      sourcemap: true,
    });
    return { code, map };
  },
  getCacheKey: (source, path) =>
    createHash('sha256').update(`${version}\n${path}\n${source}`).digest('hex'),
};
