/* Does nothing, successfully: what process creation is measured with. */
int main(void)
{
    return 0;
}
