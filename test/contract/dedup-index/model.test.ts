import { dedupIndexContract } from '../dedup-index.ts';
import { NaiveDedupIndex } from './model.ts';

dedupIndexContract('The model itself', async ({ k }) => ({
  index: new NaiveDedupIndex(k),
  close: async () => {},
}));
