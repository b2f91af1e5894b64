import { dedupIndexContract } from '../../test/contract/dedup-index.ts';
import { openEmbeddedDedupIndex } from './embedded.ts';

dedupIndexContract('The embedded dedup index', async ({ k }) => ({
  index: openEmbeddedDedupIndex({ k }),
  close: async () => {},
}));
