import { useState } from 'preact/hooks';
import { link } from '../state.ts';

/** Asks the user for the token, if the server wants one and the address of the page had none. */
export function TokenForm({ show }: { show: (token: string) => void }) {
  const [token, setToken] = useState('');
  if (link.value !== 'locked') return null;
  return (
    <form
      class="token"
      aria-label="Token"
      onSubmit={(event) => {
        event.preventDefault();
        show(token);
        setToken('');
      }}
    >
      <label>
        This server asks for a token
        <input
          type="password"
          autocomplete="off"
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Send it
      </button>
    </form>
  );
}
