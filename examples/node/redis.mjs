// Redis, shared by the others. One that is down is an error soon, not a request that hangs.
import Redis from 'ioredis';

const url = process.env.REDIS_URL ?? 'redis://localhost:6379';
export const redis = new Redis(url, { maxRetriesPerRequest: 1, commandTimeout: 2000 });
redis.on('error', (error) => console.error(`redis: ${error.message}`));
