// The exported file: a name can neither break out of its cell nor become a formula.
import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test('holds each row with its money as the text that it was', () => {
  const row = { day: 86_400, name: 'a', requests: 1, prompt: 10, thinking: 5, answer: 2 };
  const cost = { day: 86_400, name: 'a', amount: '0.0000001', currency: 'EUR' };
  expect(csvOf([row, { ...row, name: '=1+1' }, { ...row, name: 'x,"y"\n' }], [cost])).toBe(
    [
      'day,name,requests,prompt,thinking,answer,cost',
      '1970-01-02,a,1,10,5,2,0.0000001 EUR',
      "1970-01-02,'=1+1,1,10,5,2,",
      '1970-01-02,"x,""y""\n",1,10,5,2,',
      '',
    ].join('\r\n'),
  );
});
