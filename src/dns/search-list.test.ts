import test from 'ava';
import { parseResolvConf, searchedNames } from './search-list.ts';

const pod = parseResolvConf('search a.svc svc\nnameserver 10.96.0.10\noptions ndots:5 edns0\n');

test('a resolv.conf is read', (t) => {
  t.deepEqual(pod, { nameservers: ['10.96.0.10'], searches: ['a.svc', 'svc'], ndots: 5 });
  t.deepEqual(parseResolvConf('options attempts:1\n'), { nameservers: [], searches: [], ndots: 1 });
});

test('the search list comes before names with few dots, and after others', (t) => {
  t.deepEqual(searchedNames('web', pod), ['web.a.svc', 'web.svc', 'web']);
  t.deepEqual(searchedNames('a.b.c.d.e.f', pod), ['a.b.c.d.e.f', 'a.b.c.d.e.f.a.svc', 'a.b.c.d.e.f.svc']);
  t.deepEqual(searchedNames('web.', pod), ['web']);
});
