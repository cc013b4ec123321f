// Browses and orders as customers do in the evening. k6 run -e BASE=https://staging.shop.example.com browse.js
import http from 'k6/http';
import { check, sleep } from 'k6';

export const options = {
  stages: [
    { duration: '1m', target: 40 },
    { duration: '8m', target: 40 },
    { duration: '1m', target: 0 },
  ],
  thresholds: {
    http_req_duration: ['p(95)<300'],
    http_req_failed: ['rate<0.01'],
  },
};

const base = __ENV.BASE || 'https://staging.shop.example.com';

export default function () {
  const list = http.get(`${base}/products`);
  check(list, { 'products are listed': (r) => r.status === 200 });
  const cart = `load-${__VU}-${__ITER}`;
  const item = JSON.stringify({ sku: 'TEST-0001', quantity: 1 });
  const headers = { 'Content-Type': 'application/json' };
  check(http.put(`${base}/carts/${cart}/items`, item, { headers }), { 'cart takes the item': (r) => r.status === 200 });
  sleep(1);
}

export function handleSummary(data) {
  return { 'build/performance.json': JSON.stringify(Object.assign({ commit: __ENV.COMMIT }, data), null, 2) };
}
