import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextSet } from '../src/text-set.ts';

test('a text is new once, whatever came before it', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('', 'a', 'ab', 'ä', '🙂'));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 300 }), (texts) => {
      const [set, known] = [new TextSet(), new Set<string>()];
      for (const one of texts) {
        const isNew = !known.has(one);
        known.add(one);
        expect(set.add(one)).toBe(isNew);
      }
    }),
  );
});

test('of tens of thousands each is told from the others', () => {
  const set = new TextSet();
  const texts = Array.from({ length: 30_000 }, (_, i) => `reel-${i}.mxf`);
  expect(texts.filter((text) => set.add(text)).length).toBe(30_000);
  expect(texts.filter((text) => set.add(text)).length).toBe(0);
});
