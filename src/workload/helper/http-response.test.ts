import test from 'ava';
import { paddingHeader } from '../../probe/identity.ts';
import { renderResponse } from './http-response.ts';

const who = { pod: 'default/web-0', endpoint: '10.244.1.2:80', source: '10.244.2.7' };
const plain = { keepAlive: false, withBody: true, version: '1.1' };

test('padding of a request comes back with the answer, in more than one packet of any usual MTU', (t) => {
  const padded = renderResponse({ body: 'hello' }, who, { ...plain, padding: paddingHeader.value });
  t.true(padded.includes(`\r\n${paddingHeader.name}: ${paddingHeader.value}\r\n`));
  t.true(padded.length > 1500);
  t.true(padded.endsWith('\r\n\r\nhello'));
});

test('an answer to a request without padding has none', (t) => {
  t.false(renderResponse({ body: 'hello' }, who, plain).includes(paddingHeader.name));
});
