import { render } from 'preact';

render(<p>proto</p>, document.body);
